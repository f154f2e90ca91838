/**
 * The part of the Reflect metadata API that tsyringe, inside @peculiar/x509, needs before it will load: metadata
 * attached to a class, looked up along the prototype chain. Import it before "@peculiar/x509".
 */
const metadata = new WeakMap<object, Map<unknown, unknown>>();

function defineMetadata(key: unknown, value: unknown, target: object): void {
  const ofTarget = metadata.get(target) ?? new Map<unknown, unknown>();
  metadata.set(target, ofTarget.set(key, value));
}

function getOwnMetadata(key: unknown, target: object): unknown {
  return metadata.get(target)?.get(key);
}

function getMetadata(key: unknown, target: object): unknown {
  for (let at: object | null = target; at !== null; at = Object.getPrototypeOf(at) as object | null) {
    const ofTarget = metadata.get(at);
    if (ofTarget?.has(key)) return ofTarget.get(key);
  }
  return undefined;
}

const api = { defineMetadata, getMetadata, getOwnMetadata };
for (const [name, value] of Object.entries(api)) {
  // A complete polyfill, loaded by someone else before us, stays in charge.
  if (!(name in Reflect)) Object.defineProperty(Reflect, name, { value, configurable: true, writable: true });
}
