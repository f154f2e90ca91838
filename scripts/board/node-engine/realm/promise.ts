/** How a promise of the firmware queues and fails. */
interface PromiseHost {
  /** Adds a call to the event queue: promise reactions are ordinary events, not micro-tasks. */
  queue(callback: () => void): void;
  /** Nobody handles a rejection. */
  unhandled(reason: unknown): void;
  /**
   * Takes the exception of the pass, if there is one. The firmware asks "is there an exception?" after each callback,
   * and so blames a callback for what an earlier listener of the same pass has thrown.
   */
  takeException(): { value: unknown } | undefined;
  /** What the program sees of something thrown; throws an interrupt again. */
  caught(error: unknown): unknown;
}

interface State {
  state: number;
  value?: unknown;
  reactions: { onFulfilled: unknown; onRejected: unknown; next: object }[];
}

/**
 * Makes the firmware's Promise (src/jswrap_promise.c): resolve, reject, all, then, catch. Handed to the program's realm
 * as text: it may use nothing from outside itself.
 */
export function installPromise(host: PromiseHost): unknown {
  const states = new WeakMap<object, State>();
  const isFunction = (value: unknown): value is (...args: unknown[]) => unknown => typeof value === "function";
  const stateOf = (promise: object): State => states.get(promise)!;

  function FirmwarePromise(this: unknown, executor: unknown) {
    if (executor === undefined) throw new Error("Function required in promise constructor");
    const promise = create();
    const settle = settler(promise);
    try {
      (executor as (...args: unknown[]) => void)(
        (value: unknown) => host.queue(() => settle(value, true)),
        (reason: unknown) => host.queue(() => settle(reason, false)),
      );
    } catch (error) {
      const reason = host.caught(error);
      host.queue(() => settle(reason, false));
    }
    const blamed = host.takeException();
    if (blamed) host.queue(() => settle(blamed.value, false));
    return promise;
  }

  function create(): object {
    const promise = Object.create(FirmwarePromise.prototype as object) as object;
    states.set(promise, { state: 0, reactions: [] });
    return promise;
  }

  /** Settles a promise once. A promise or thenable as the value is followed. */
  function settler(promise: object) {
    let isUsed = false;
    return (value: unknown, fulfil: boolean): void => {
      if (isUsed) return;
      isUsed = true;
      if (value === promise) throw new Error("Illegal resolving to self");
      const canFollow = fulfil && typeof value === "object" && value !== null;
      const then = canFollow ? (value as { then?: unknown }).then : undefined;
      if (!isFunction(then)) return seal(promise, value, fulfil);
      const settle = settler(promise);
      try {
        then.call(value, (result: unknown) => settle(result, true), (reason: unknown) => settle(reason, false));
      } catch (error) {
        settle(host.caught(error), false);
      }
    };
  }

  function seal(promise: object, value: unknown, fulfilled: boolean): void {
    const state = stateOf(promise);
    state.state = fulfilled ? 1 : 2;
    state.value = value;
    if (!fulfilled && state.reactions.length === 0) host.unhandled(value);
    for (const { next, onFulfilled, onRejected } of state.reactions) {
      react(next, fulfilled ? onFulfilled : onRejected, value, fulfilled);
    }
  }

  function react(next: object, callback: unknown, value: unknown, fulfilled: boolean): void {
    host.queue(() => {
      const settle = settler(next);
      if (!isFunction(callback)) return settle(value, fulfilled);
      let result: unknown;
      try {
        result = callback(value);
      } catch (error) {
        return settle(host.caught(error), false);
      }
      const blamed = host.takeException();
      if (blamed) settle(blamed.value, false);
      else settle(result, true);
    });
  }

  function then(this: object, onFulfilled: unknown, onRejected: unknown): object {
    const next = create();
    const state = stateOf(this);
    if (state.state === 0) state.reactions.push({ onFulfilled, onRejected, next });
    else react(next, state.state === 1 ? onFulfilled : onRejected, state.value, state.state === 1);
    return next;
  }

  function all(promises: Iterable<unknown>): object {
    const promise = create();
    const settle = settler(promise);
    const results: unknown[] = [];
    let missing = 0;
    let index = 0;
    for (const each of promises) {
      const at = index++;
      results[at] = each;
      if (typeof each !== "object" || each === null || !states.has(each)) continue;
      missing++;
      const onFulfilled = (value: unknown) => {
        results[at] = value;
        if (--missing === 0) host.queue(() => settle(results, true));
      };
      then.call(each, onFulfilled, (reason: unknown) => host.queue(() => settle(reason, false)));
    }
    if (missing === 0) host.queue(() => settle(results, true));
    return promise;
  }

  function resolve(value: unknown): object {
    if (typeof value === "object" && value !== null && states.has(value)) return value;
    const promise = create();
    const settle = settler(promise);
    host.queue(() => settle(value, true));
    return promise;
  }

  function reject(reason: unknown): object {
    const promise = create();
    const settle = settler(promise);
    host.queue(() => settle(reason, false));
    return promise;
  }

  const hidden = (target: object, members: Record<string, unknown>) => {
    for (const name of Object.keys(members)) {
      Object.defineProperty(target, name, { value: members[name], writable: true, configurable: true });
    }
  };
  hidden(FirmwarePromise, { all, resolve, reject, name: "Promise" });
  hidden(FirmwarePromise.prototype as object, {
    constructor: FirmwarePromise,
    then,
    catch(this: object, onRejected: unknown) {
      return then.call(this, undefined, onRejected);
    },
  });
  hidden(globalThis, { Promise: FirmwarePromise });
  return FirmwarePromise;
}
