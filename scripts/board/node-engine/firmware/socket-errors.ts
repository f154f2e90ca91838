/** Socket error codes that the ESP32's driver really produces (libs/network/socketerrors.h). */
export const SOCKET_CLOSED = -1;
export const SOCKET_UNSENT_DATA = -8;

const MESSAGES = [
  "connection closed",
  "out of memory",
  "timeout",
  "no route",
  "busy",
  "not found",
  "max sockets",
  "unsent data",
  "connection reset",
  "unknown error",
  "no connection",
  "bad argument",
  "SSL handshake failed",
  "invalid SSL data",
  "no response",
];

/** The message in the payload of an `error` event; codes of mbedTLS are all "unknown error". */
export function socketErrorMessage(code: number): string {
  return MESSAGES[-1 - code] ?? "unknown error";
}
