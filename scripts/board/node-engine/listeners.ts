/** Listener lists of all objects. The firmware keeps them in hidden properties of the objects. */
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
    events.set(event, first ? [listener, ...before] : [...before, listener]);
  }

  /** Removing changes the list itself: an event already queued does not reach the listener. The empty list stays. */
  remove(target: object, event: string, listener: unknown): void {
    const list = this.of(target, event);
    const index = list?.indexOf(listener) ?? -1;
    if (index >= 0) list!.splice(index, 1);
  }

  removeAll(target: object, event?: string): void {
    if (event === undefined) this.#lists.delete(target);
    else this.#lists.get(target)?.delete(event);
  }

  clear(): void {
    this.#lists = new WeakMap();
  }
}
