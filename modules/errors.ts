// The one shape of every error of this project: a plain object, because an Error with its stack costs 46 JsVars on an
// ESP32 and a plain object 4. Text costs bytes too: the code says what happened, the message to what (a host, a header
// line, a limit); what to do about it says scripts/hints.ts on the computer. All codes: docs/errors.md.

/** What a request, a look-up or a setting ended in. More facts (bytes, milliseconds, names) are properties of their own. */
export interface BoardError {
  /** One of the closed list in docs/errors.md. */
  code: string;
  /** What was being done: "options", "dns", "connect", "handshake", "request", "first-byte", "head", "body", "wifi", "clock", ... */
  phase: string;
  message: string;
  [fact: string]: any;
}

/** Makes an error of this project. */
export function makeError(code: string, phase: string, message: string, facts?: object): BoardError {
  return Object.assign({ code, phase, message }, facts || {});
}

/** Raises E_TLS_LAYOUT: what of the firmware's TLS state, or which board, is not as this project knows it. */
export function refuseLayout(what: string): any {
  throw makeError("E_TLS_LAYOUT", "handshake", what);
}

/** Raises E_OPTION for a value that a program or its settings gave: `what` names it. */
export function refuse(what: string, value: any): void {
  throw makeError("E_OPTION", "options", what + ": " + JSON.stringify(value));
}
