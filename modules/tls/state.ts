// Where the firmware keeps what it knows of an open TLS socket: the global `ssl` (docs/firmware-tls.md).

/** The C structure of a TLS socket as bytes; undefined when the socket has none (any more). To be looked up anew after each idle pass. */
export function tlsState(raw: FirmwareSocket): string | undefined {
  return ssl && ssl[raw.sckt! - 1];
}
