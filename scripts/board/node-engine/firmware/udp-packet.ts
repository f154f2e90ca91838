import { toByteString } from "./byte-string.ts";

/** Address (4), port (2) and length (2), little-endian: JsNetUDPPacketHeader of libs/network/network.h. */
export const UDP_HEADER_BYTES = 8;

const NO_ADDRESS = "0.0.0.0";

export interface Datagram {
  bytes: Uint8Array;
  address: string;
  port: number;
}

export interface UdpPacket {
  /** undefined when the name could not be resolved: the datagram goes nowhere. */
  address: string | undefined;
  port: number;
  payload: string;
  /** Length of the packet with its header. */
  bytes: number;
}

/** Puts the firmware's header before a datagram. */
export function packDatagram(address: string | undefined, port: number, payload: string): string {
  const numbers = (address ?? NO_ADDRESS).split(".").map(Number);
  return String.fromCharCode(...numbers, ...word(port), ...word(payload.length)) + payload;
}

/** A received datagram with its header, as the driver hands it over: cut to `limit` bytes in all. */
export function packReceived(datagram: Datagram, limit: number): string {
  const payload = toByteString(datagram.bytes).slice(0, limit - UDP_HEADER_BYTES);
  return packDatagram(datagram.address, datagram.port, payload);
}

/** The packet at the start of `data`; its payload is shorter than announced when the data was cut. */
export function firstPacket(data: string): UdpPacket {
  const address = [0, 1, 2, 3].map((index) => data.charCodeAt(index)).join(".");
  const length = wordAt(data, 6);
  return {
    address: address === NO_ADDRESS ? undefined : address,
    port: wordAt(data, 4),
    payload: data.slice(UDP_HEADER_BYTES, UDP_HEADER_BYTES + length),
    bytes: UDP_HEADER_BYTES + length,
  };
}

function word(value: number): [number, number] {
  return [value & 255, (value >> 8) & 255];
}

function wordAt(data: string, offset: number): number {
  return data.charCodeAt(offset) + data.charCodeAt(offset + 1) * 256;
}
