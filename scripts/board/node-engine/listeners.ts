/** How the firmware names the property of an object that holds the listeners of an event. */
const PROPERTY_PREFIX = "#on";

/**
 * Listener lists of all objects. A program sees them as in the firmware: each is an array in a property of its object, gone after
 * removeAllListeners.
 */
export class Listeners {
  #lists = new WeakMap<object, Map<string, unknown[]>>();

  /** The list now: adding makes a new list, so one that is being fired or queued stays as it is. */
  of(target: object, event: string): unknown[] | undefined {
    return this.#lists.get(target)?.get(event);
  }

  add(target: object, event: string, listener: unknown, first: boolean): void {
    const events = this.#lists.get(target) ?? new Map<string, unknown[]>();
    this.#lists.set(target, events);
    const before = events.get(event) ?? [];
    const list = first ? [listener, ...before] : [...before, listener];
    events.set(event, list);
    Object.defineProperty(target, PROPERTY_PREFIX + event, { value: list, configurable: true });
  }

  /** Removing changes the list itself: an event already queued does not reach the listener. The empty list stays. */
  remove(target: object, event: string, listener: unknown): void {
    const list = this.of(target, event);
    const index = list?.indexOf(listener) ?? -1;
    if (index >= 0) list!.splice(index, 1);
  }

  removeAll(target: object, event?: string): void {
    const events = event === undefined ? [...this.#lists.get(target)?.keys() ?? []] : [event];
    for (const name of events) {
      this.#lists.get(target)?.delete(name);
      Reflect.deleteProperty(target, PROPERTY_PREFIX + name);
    }
  }

  clear(): void {
    this.#lists = new WeakMap();
  }
}
