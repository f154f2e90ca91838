// The firmware's API as it really is (Espruino 2v29), as far as the modules use it. Our own, because @types/espruino
// has no tls and types Wifi's errors wrongly.

type TimerId = number;

declare function setTimeout(callback: (...args: any[]) => void, delayMs: number, ...args: any[]): TimerId;
declare function setInterval(callback: (...args: any[]) => void, delayMs: number, ...args: any[]): TimerId;
/** Throws on undefined, and deletes ALL timers when called without argument. */
declare function clearTimeout(id: TimerId): void;
declare function clearInterval(id: TimerId): void;

/** Seconds since 1970, with fraction. */
declare function getTime(): number;
/** Sets the clock, in seconds since 1970. On board LINUX it breaks timers instead. */
declare function setTime(seconds: number): void;
declare function print(...values: any[]): void;
declare const console: { log(...values: any[]): void };
/** The chip's own number, in hexadecimal with dashes. */
declare function getSerial(): string;
declare function atob(base64: string): string;
declare function btoa(bytes: string): string;
declare function peek8(address: number): number;
declare function peek32(address: number): number;
/** A string is written byte by byte. */
declare function poke8(address: number, value: number | string): void;
declare function poke32(address: number, value: number): void;

declare const E: {
  /** Missing before 2v19; on builds without Unicode support always false. */
  isUTF8?(text: string): boolean;
  /** Opens a file on builds that have a file system (Linux). Moves flat strings when memory is short. */
  openFile?(path: string, mode: string): { read(length: number): string | undefined; close(): void } | undefined;
  toString(bytes: any): string;
  /** Of a byte string or an array of bytes; an unsigned number. */
  CRC32(bytes: any): number;
  /** On a flat string a live window, read and write. */
  toArrayBuffer(text: string): ArrayBuffer;
  /** A string that is the memory itself. */
  memoryArea(address: number, length: number): string;
  getAddressOf(value: any, flat: boolean): number;
  setTimeZone(hours: number): void;
  reboot(): void;
  /** The chip's temperature; NaN on boards without a sensor. */
  getTemperature(): number;
  /** Restarts the board unless kicked every so many seconds: by the idle loop (automatic), or only by kickWatchdog. */
  enableWatchdog(seconds: number, isAutomatic: boolean): void;
  kickWatchdog(): void;
};

/** Absent on boards of other makers. */
declare const ESP32: {
  getState(): { freeHeap: number };
  /** The chip starts anew after so many microseconds; RAM and clock are lost. */
  deepSleep(microseconds: number): void;
} | undefined;

declare const process: {
  version: string;
  env: { VERSION: string; BOARD: string; MODULES: string };
  memory(): { free: number; usage: number; total: number; blocksize: number };
  on(event: "uncaughtException", listener: (error: any) => void): void;
  removeListener(event: "uncaughtException", listener: (error: any) => void): void;
  removeAllListeners(event: "uncaughtException"): void;
  /** Where the firmware keeps the listeners. */
  "#onuncaughtException"?: any;
};

/** A socket of `net` or `tls`. Data are byte strings of at most 536 bytes. */
interface FirmwareSocket {
  /** The socket's number plus one; the key of its TLS state in the global `ssl` is this less one. */
  sckt?: number;
  /** Set to true, close now, whatever is unsent. */
  clsNow?: boolean;
  write(bytes: string): boolean;
  end(): void;
  on(event: "data", listener: (bytes: string) => void): void;
  on(event: "drain" | "end", listener: () => void): void;
  on(event: "close", listener: (hadError: boolean) => void): void;
  on(event: "error", listener: (error: { code: number; message: string }) => void): void;
  removeListener(event: string, listener: (...args: any[]) => void): void;
  removeAllListeners(event: string): void;
}
/** The TLS state of each open TLS socket by socket number; read only. Absent while no TLS socket is open. */
declare const ssl: Record<number, string> | undefined;
/** DER bytes, or a function that returns them when the connection is made, so that they stay in flash until then. */
type DerSource = string | (() => string);
interface FirmwareConnectOptions {
  host: string;
  port: number;
  ca?: DerSource;
  cert?: DerSource;
  key?: DerSource;
}
interface FirmwareNet {
  /** Blocks in DNS and TCP connect; throws an InternalError. With a callback, never add a listener for "connect". */
  connect(options: FirmwareConnectOptions, onTcpConnected: () => void): FirmwareSocket;
}

interface FirmwareDatagramSocket {
  bind(port: number, onBound?: () => void): void;
  send(message: string, offset: number, length: number, port: number, host: string): void;
  on(event: "message", listener: (message: string, from: { address: string; port: number; size: number }) => void): void;
  on(event: "error" | "close", listener: (error: any) => void): void;
  removeAllListeners(event: string): void;
  close(): void;
}
interface FirmwareDatagram {
  createSocket(type: "udp4"): FirmwareDatagramSocket;
}

interface FirmwareWifi {
  connect(ssid: string, options: { password?: string }, callback: (reason: string | null) => void): void;
  disconnect(callback?: () => void): void;
  getDetails(): { status: string; ssid?: string };
  getStatus(): { rssi?: number };
  getIP(): { ip: string; netmask?: string; gw?: string };
  /** Absent on the Linux build. One look-up at a time; calls back with null for an unknown name. */
  getHostByName?(host: string, callback: (address: string | null) => void): void;
  on(event: "associated" | "connected" | "disconnected", listener: (details: any) => void): void;
  removeListener(event: string, listener: (details: any) => void): void;
  removeAllListeners(event: string): void;
}

interface FirmwareStorage {
  read(name: string): string | undefined;
  readJSON(name: string, noExceptions: boolean): any;
  write(name: string, data: string): boolean;
}

/** The flash chip itself: pages are erased to 0xFF, writing turns bits from 1 to 0. */
interface FirmwareFlash {
  /** Areas that the firmware does not use; on an ESP32 some of them overlap with Storage (2v29). */
  getFree(): { addr: number; length: number }[];
  getPage(address: number): { addr: number; length: number };
  erasePage(address: number): void;
  write(bytes: string, address: number): void;
  read(length: number, address: number): Uint8Array;
}

declare function require(name: "Flash"): FirmwareFlash;
declare function require(name: "net" | "tls"): FirmwareNet;
declare function require(name: "dgram"): FirmwareDatagram;
declare function require(name: "Wifi"): FirmwareWifi;
declare function require(name: "Storage"): FirmwareStorage;
declare function require(name: "crypto"): { SHA1(bytes: string): ArrayBuffer; SHA256(bytes: string): ArrayBuffer };
declare function require(name: "TelnetServer"): { setOptions(options: { mode: "off" | "on" | "station" | "ap" }): void };

/** The time of the build in seconds since 1970; written in by the build. */
declare const BUILD_TIME_S: number;
