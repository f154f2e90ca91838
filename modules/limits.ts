// Every default limit and deadline, with its reason. Requests override them one by one (`limits`, `deadlines`).
import { refuse } from "./errors";

/** Limits of the response parser, in the units of their names. */
export const LIMITS = {
  // The longest line servers send in earnest is a cookie of 4 KB (RFC 6265 6.1); node and nginx stop at 8 and 16 KB.
  lineBytes: 8192,
  // Half of what an ESP32 can spare for a string beside the program; node's own default.
  headBytes: 16384,
  // As in Python's http.client; real answers have 10 to 40.
  headerCount: 100,
  // RFC 9110 15.2 allows any number of 1xx; more than a few is an attack on our patience.
  interimCount: 8,
  // A collected body of 16 KB takes 1,640 of an ESP32's 16,383 JsVars; longer ones are streamed with onData.
  bodyBytes: 16384,
};

/** Deadlines in milliseconds; each phase has its own and `totalMs` is above all. */
export const DEADLINES = {
  // lwIP asks 4 times with growing pauses; an answer after 10 s is none.
  dnsMs: 10000,
  // The firmware's connect blocks and cannot be interrupted (about 18 s for a dead host): longer than that is reported.
  connectMs: 20000,
  // An ESP32 needs 1 to 3 s of arithmetic for RSA-2048 beside the round trips; mutual TLS more.
  handshakeMs: 20000,
  firstByteMs: 10000,
  idleMs: 10000,
  totalMs: 60000,
};

/** The firmware copies its whole send buffer for each 536 bytes sent: pieces of this size keep that from being quadratic. */
export const WRITE_PIECE_BYTES = 1024;

/** The defaults, themselves or, when a program gives some, a copy with those over them. Raises E_OPTION for one that is no number. */
export function withDefaults<T extends object>(defaults: T, given: Partial<T> | undefined): T {
  const wanted: any = given;
  if (!wanted) return defaults;
  for (const name in wanted) {
    if (!(wanted[name] >= 0)) refuse(name, wanted[name]);
  }
  return Object.assign({}, defaults, wanted);
}
