/** What a connection tells about its bytes, plain or decrypted. */
export interface StreamEvents {
  data(bytes: Uint8Array): void;
  /** The peer took `count` bytes that were sent. */
  sent(count: number): void;
  /** Nothing more comes in. `code` as the firmware's receive function gives it; `reset` when sending fails too. */
  closed(code: number, reset: boolean): void;
}

/** The payload of a connection: the TCP connection itself or the TLS session on it. */
export interface ByteStream {
  send(bytes: Uint8Array): void;
  pause(): void;
  resume(): void;
}
