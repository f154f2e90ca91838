/**
 * What the firmware's own modules (net, tls, dgram, Wifi, ...) may use of the interpreter. Everything here runs in the
 * worker thread of the node engine; one idle pass is the order in ESPRUINO's jsiIdle: console input, due timers,
 * sockets (idle tasks), the event queue, then the exception of the pass is printed.
 */
export interface Runtime {
  /** Queues an event for the listeners `target` has now (the list is copied), fired FIFO after the sockets. */
  queueEvent(target: object, event: string, args: unknown[]): void;
  /** Queues a call of `callback` in the same queue. */
  queueCall(callback: unknown, thisValue: unknown, args: unknown[]): void;
  /** Fires the listeners synchronously, as the firmware does for `data`. An exception becomes the pass's uncaught one. */
  fireNow(target: object, event: string, args: unknown[]): void;
  hasListeners(target: object, event: string): boolean;
  /** Gives `target` the firmware's on/emit/removeListener/... methods. */
  makeEmitter<T extends object>(target: T): T;
  /** Runs once in each idle pass, in the socket step. Returns true when it did something, so that another pass follows at once. */
  addIdleTask(task: () => boolean): void;
  /** An exception thrown inside the idle loop: reaches `uncaughtException` or is printed at the end of the pass. */
  throwInIdle(error: unknown): void;
  /** An `InternalError` of the firmware: has `message`, is no instance of Error. */
  internalError(message: string): object;
  /** Prints on the console as the firmware would. A line end is added. */
  print(line: string): void;
  /** The board's clock in ms since 1970; starts near 0 at boot and moves with setTime. */
  now(): number;
  /** `require(name)` of a module built into the firmware. `create` runs at the first require. */
  defineModule(name: string, create: () => object): void;
  /** Makes an array or object that belongs to the program's realm, from a plain one of ours. */
  toProgram<T>(value: T): T;
  /**
   * Called on reset(), load() and reboot: everything the module holds must be let go. A reboot takes the RAM with it.
   */
  onReset(listener: (isReboot: boolean) => void): void;
  /** `require` as the program has it. */
  require(name: string): unknown;
  /** Asks for another idle pass at once. */
  requestPass(): void;
  /** The chip crashes: at the end of the pass these lines are printed and the board starts again. */
  panic(lines: string[]): void;
  /** The program's global object. A reset makes a new one. */
  readonly global: Record<string, unknown>;
  /** The board process. */
  readonly host: HostLink;
}

/** The worker's line to the board process, which owns the real sockets. */
export interface HostLink {
  /** Asks and waits, blocking the interpreter as the firmware's connect and look-ups do. Throws what the handler rejected with. */
  call(method: string, args: unknown): unknown;
  /** Tells without waiting. */
  send(method: string, args: unknown): void;
  /** Messages from the board process, delivered at the start of an idle pass. */
  on(channel: string, listener: (message: unknown) => void): void;
}

/** The other end, in the board process. */
export interface HostSide {
  /** Answers `HostLink.call` and takes `HostLink.send`. */
  handle(method: string, handler: (args: unknown) => unknown): void;
  /** Sends a message to the worker and wakes it. */
  post(channel: string, message: unknown): void;
  /** Called when the interpreter is reset or the engine stops: close all that belongs to the program. */
  onReset(listener: () => void): void;
}
