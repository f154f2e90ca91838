// Records that must not get lost before somebody has them: a ring of pages in raw flash, beside Storage, whose compaction a power
// cut can turn into a loss. docs/outbox.md says what it guarantees and what it costs the flash.
//
// A page: "Obx1", tag (8 bytes), sequence number of its first record, CRC-32 of these 16 bytes; then a word that is 0 when all of the
// page has been sent. A record, from an address that 4 divides: a word that is 0 when it and what stands before it in its page has been
// sent; then length of the data, sequence number, time, data, zeros up to the next word, CRC-32 of all from the length on. Words are 32
// bits, little-endian.
// The CRC is the last that is written, so a record is there as a whole or not at all.
import { makeError, refuse } from "./errors";
import { randomBytes } from "./random";

export interface OutboxOptions {
  /** Address of the region in flash, at the start of a page. Default: the free partition of an ESP32, the end of the flash file on Linux. */
  start?: number;
  /** Length of the region in pages of 4096 bytes: 2 at least, default 16. */
  pages?: number;
  /** What put does when no page is free. Default: "refuse". */
  whenFull?: "refuse" | "drop-oldest";
}

export interface Entry {
  /** No other record of any board has it, and the record keeps it over restarts and repeats. */
  id: string;
  /** Seconds since 1970 when the record was put, in whole seconds. */
  timeS: number;
  data: string;
}

export interface OutboxStatus {
  /** Records that wait. */
  queued: number;
  /** Records that were dropped for new ones since the outbox was opened. */
  dropped: number;
  /** Pages and records that were no good when the outbox was opened, what a power cut left half-written among them. */
  corrupt: number;
  /** At least so much room is left for new records, each of which takes 20 bytes beside its data, rounded up to 4. */
  freeBytes: number;
}

export interface Outbox {
  /**
   * Puts a record behind the others: one flash write, and for the first one of a page two more and an erase.
   * @param data 1 to 4048 bytes
   * @param timeS seconds since 1970, cut to whole ones; default: now
   * @returns its sequence number, when the record is in flash and has been read back
   * Raises E_OUTBOX_RECORD for data of another length, E_OUTBOX_FULL when all waits and nothing may be dropped, E_OUTBOX_FLASH when
   * the record did not read back in two places.
   */
  put(data: string, timeS?: number): number;
  /** Gives the oldest records, oldest first: no more than `maxRecords`, and after the first no more than `maxBytes` of data in all. */
  peek(maxRecords: number, maxBytes: number): Entry[];
  /**
   * Marks the oldest `count` records as sent: one flash write, and one more for each page that this empties; no erase. After a power
   * cut in between, or a mark that the flash did not take, some may come again, with the same ids.
   */
  remove(count: number): void;
  status(): OutboxStatus;
}

/** @internal */
interface Ring {
  flash: FirmwareFlash;
  start: number;
  end: number;
  drops: boolean;
  /** The first part of each id: two words from the page headers, and their text. */
  board: number;
  format: number;
  tag: string;
  /** Sequence number of the next record. */
  seq: number;
  /** Address for the next record. Its page is the newest. */
  head: number;
  /** Address of the oldest record that waits, or of what comes before it. */
  tail: number;
  /** Where next() goes on, and the page that it is in: many small reads take three times as long. Let go of after a walk. */
  at: number;
  image: ArrayBuffer | undefined;
  queued: number;
  dropped: number;
  /** What next() has skipped, and how much of it when the outbox was opened. */
  skipped: number;
  corrupt: number;
}

/** @internal */
interface StoredRecord {
  place: number;
  isSent: boolean;
  isGood: boolean;
  number: number;
  whenS: number;
  /** The data, in ring.image. */
  content: Uint8Array;
}

/** What the ESP32's flash erases at once. (The Linux build's pages are smaller.) */
const PAGE_BYTES = 4096;
const HEADER_BYTES = 24;
/** Where in a page the word stands that is 0 when all has been sent. */
const RETIRED_OFFSET = 20;
/** Mark, length, sequence number and time; the CRC. */
const FRAME_BYTES = 16;
const CRC_BYTES = 4;
/** Where in a page no record begins: none ends beyond it, so that an address behind a record is still in its page. */
const CLOSED_OFFSET = PAGE_BYTES - 4;
/** A record's place in its page and the length of its data are no more than this together. */
const RECORD_LIMIT = CLOSED_OFFSET - FRAME_BYTES - CRC_BYTES;
const DATA_BYTES = RECORD_LIMIT - HEADER_BYTES;
/** "Obx1" */
const MAGIC = 0x3178624f;
const BLANK_WORD = 4294967295;
const ZERO_WORD = "\0\0\0\0";
/** No three pages hold so many records. As many numbers are left out for each page that cannot be read: they may be given already. */
const LOST_NUMBERS = 512;
/** The partition "flash" of all ESP32 builds (targets/esp32, 2v29), which nothing else uses. */
const ESP32_START = 0x310000;
/** The last 64 KB of the flash file, which Storage comes to last. */
const LINUX_START = 0x10030000;
const DEFAULT_PAGES = 16;

function pageOf(address: number): number {
  return address - (address % PAGE_BYTES);
}

function bytesOf(words: number[]): string {
  return E.toString(new Uint32Array(words).buffer);
}

function withCrc(text: string): string {
  return text + bytesOf([E.CRC32(text)]);
}

// Raises nothing for what did not take: gives false.
function program(ring: Ring, bytes: string, address: number): boolean {
  ring.flash.write(bytes, address);
  return E.toString(ring.flash.read(bytes.length, address)) === bytes;
}

function readHeader(ring: Ring, page: number): Uint32Array | undefined {
  const words = new Uint32Array(ring.flash.read(HEADER_BYTES, page).buffer);
  const crc = E.CRC32(new Uint8Array(words.buffer, 0, HEADER_BYTES - 8));
  if (words[0] === MAGIC && words[4] === crc) return words;
  if (words[0] !== BLANK_WORD) ring.skipped++;
  return undefined;
}

function walkFrom(ring: Ring, address: number): void {
  ring.at = address;
  ring.image = ring.flash.read(PAGE_BYTES, pageOf(address)).buffer;
}

// Goes to a page's first record, or to its end if nothing in it waits.
function enter(ring: Ring, address: number): void {
  const page = address < ring.end ? address : ring.start;
  const words = readHeader(ring, page);
  if (words && words[5]) walkFrom(ring, page + HEADER_BYTES);
  else ring.at = page + CLOSED_OFFSET;
}

// Gives the record at ring.at and goes on behind it; undefined when the page has no more.
function readRecord(ring: Ring): StoredRecord | undefined {
  const image = ring.image!;
  const place = ring.at;
  const offset = place % PAGE_BYTES;
  const room = RECORD_LIMIT - offset;
  if (room <= 0) return undefined;
  const words = new Uint32Array(image, offset, FRAME_BYTES / 4);
  const length = words[1]!;
  if (length === BLANK_WORD) return undefined;
  if (!length || length > room) {
    ring.skipped++;
    ring.at = pageOf(place) + CLOSED_OFFSET;
    return undefined;
  }
  const checkedBytes = FRAME_BYTES - 4 + ((length + 3) & ~3);
  const crc = new Uint32Array(image, offset + 4 + checkedBytes, 1)[0];
  ring.at = place + 4 + checkedBytes + CRC_BYTES;
  const record: StoredRecord = {
    place, isSent: !words[0], isGood: crc === E.CRC32(new Uint8Array(image, offset + 4, checkedBytes)), number: words[2]!, whenS: words[3]!,
    content: new Uint8Array(image, offset + FRAME_BYTES, length),
  };
  return record;
}

// The next good record of this page or a later one; undefined when there is none.
function next(ring: Ring): StoredRecord | undefined {
  for (;;) {
    const record = readRecord(ring);
    if (!record) {
      if (pageOf(ring.at) === pageOf(ring.head)) return undefined;
      enter(ring, pageOf(ring.at) + PAGE_BYTES);
    } else if (record.isGood) return record;
    else ring.skipped++;
  }
}

function nameRing(ring: Ring, board: number, format: number): void {
  ring.board = board;
  ring.format = format;
  ring.tag = board.toString(36) + "-" + format.toString(36) + "-";
}

// The newest page has the highest number. Without any page the ring is new: it is named, and its first page will be the first.
function findHead(ring: Ring): void {
  let page = ring.start;
  ring.head = 0;
  while (page < ring.end) {
    const words = readHeader(ring, page);
    if (words && words[3]! >= ring.seq) {
      ring.head = page;
      ring.seq = words[3]!;
      nameRing(ring, words[1]!, words[2]!);
    }
    page += PAGE_BYTES;
  }
  if (ring.head) return;
  ring.head = ring.end - PAGE_BYTES + CLOSED_OFFSET;
  nameRing(ring, E.CRC32(getSerial()), new Uint32Array(E.toArrayBuffer(randomBytes(4)))[0]!);
}

// From the oldest page on: what follows the last mark waits.
function findTail(ring: Ring): void {
  let record: StoredRecord | undefined;
  ring.skipped = 0;
  enter(ring, pageOf(ring.head) + PAGE_BYTES);
  while ((record = next(ring))) {
    if (record.number >= ring.seq) ring.seq = record.number + 1;
    if (record.isSent) ring.queued = 0;
    else if (ring.queued++ === 0) ring.tail = record.place;
  }
  ring.image = undefined;
  ring.head = ring.at;
  if (!ring.queued) ring.tail = ring.head;
}

// Nothing of the page is read again.
function retire(ring: Ring, address: number): void {
  ring.flash.write(ZERO_WORD, pageOf(address) + RETIRED_OFFSET);
}

// Lets go of what waits in the page, or raises E_OUTBOX_FULL.
function vacate(ring: Ring, page: number): void {
  let record: StoredRecord | undefined;
  walkFrom(ring, ring.tail);
  while ((record = next(ring)) && ring.drops && pageOf(record.place) === page) {
    ring.queued--;
    ring.dropped++;
  }
  ring.image = undefined;
  if (!record) ring.queued = 0;
  else if (pageOf(record.place) === page) throw makeError("E_OUTBOX_FULL", "outbox", ring.queued + " records wait");
  else if (pageOf(ring.tail) === page) ring.tail = record.place;
}

// Retired first: what a power cut leaves of the page does not come again.
function erase(ring: Ring, page: number): void {
  let address = page;
  retire(ring, page);
  while (address < page + PAGE_BYTES) {
    ring.flash.erasePage(address);
    address += ring.flash.getPage(address).length;
  }
}

// The page before is retired at once if nothing in it waits; not sooner, for the newest page must keep its numbers.
function beginPage(ring: Ring): boolean {
  const before = ring.head;
  const following = pageOf(before) + PAGE_BYTES;
  const page = following < ring.end ? following : ring.start;
  vacate(ring, page);
  erase(ring, page);
  ring.head = page + HEADER_BYTES;
  if (!ring.queued) ring.tail = ring.head;
  if (!program(ring, withCrc(bytesOf([MAGIC, ring.board, ring.format, ring.seq])), page)) return false;
  if (!ring.queued) retire(ring, before);
  return true;
}

// A place that does not take a record is left with its page, and the number with it. The length 0 makes sure that nothing is there.
function append(ring: Ring, data: string, timeS: number): boolean {
  const isFull = (ring.head % PAGE_BYTES) + data.length > RECORD_LIMIT;
  if (!isFull || beginPage(ring)) {
    const record = withCrc(bytesOf([data.length, ring.seq, timeS]) + data + ZERO_WORD.substr(0, -data.length & 3));
    const place = ring.head;
    ring.head = place + 4 + record.length;
    if (program(ring, record, place + 4)) return true;
    ring.flash.write(ZERO_WORD, place + 4);
    ring.head = place;
  }
  ring.head = pageOf(ring.head) + CLOSED_OFFSET;
  ring.seq++;
  return false;
}

function put(ring: Ring, data: string, timeS?: number): number {
  const length = data.length;
  const secondsS = timeS === undefined ? getTime() : timeS;
  if (!length || length > DATA_BYTES) throw makeError("E_OUTBOX_RECORD", "outbox", length + " bytes");
  if (!append(ring, data, secondsS) && !append(ring, data, secondsS)) {
    throw makeError("E_OUTBOX_FLASH", "outbox", "does not read back: 0x" + pageOf(ring.head).toString(16));
  }
  ring.queued++;
  return ring.seq++;
}

// What was counted and went bad since must not be waited for: at the end of the ring the count is what is there.
function peek(ring: Ring, maxRecords: number, maxBytes: number): Entry[] {
  const entries: Entry[] = [];
  let left = maxBytes;
  let record: StoredRecord | undefined;
  walkFrom(ring, ring.tail);
  while (entries.length < maxRecords) {
    record = next(ring);
    if (!record) ring.queued = entries.length;
    else left -= record.content.length;
    if (!record || (left < 0 && entries.length)) break;
    entries.push({ id: ring.tag + record.number, timeS: record.whenS, data: E.toString(record.content) });
  }
  ring.image = undefined;
  return entries;
}

// The newest mark counts for all before it in its page. Pages are retired oldest first, so that what a power cut lets come again is
// the newer part.
function remove(ring: Ring, count: number): void {
  let left = count;
  let last: StoredRecord | undefined;
  walkFrom(ring, ring.tail);
  while (left-- > 0) {
    const record = next(ring);
    if (!record) break;
    if (pageOf(record.place) !== pageOf(ring.tail)) retire(ring, ring.tail);
    ring.tail = ring.at;
    ring.queued--;
    last = record;
  }
  ring.image = undefined;
  if (last) ring.flash.write(ZERO_WORD, last.place);
}

function status(ring: Ring): OutboxStatus {
  const pages = (ring.end - ring.start) / PAGE_BYTES;
  const freePages = ((pageOf(ring.tail) - pageOf(ring.head)) / PAGE_BYTES + pages - 1) % pages;
  const freeBytes = CLOSED_OFFSET - (ring.head % PAGE_BYTES) + freePages * (CLOSED_OFFSET - HEADER_BYTES);
  return { queued: ring.queued, dropped: ring.dropped, corrupt: ring.corrupt, freeBytes };
}

// Erasing what is not free would erase the firmware.
function freeFlash(start: number, end: number): FirmwareFlash {
  let flash: FirmwareFlash | undefined;
  try {
    flash = require("Flash");
  } catch (reason) {
    flash = undefined;
  }
  if (flash && flash.getFree().filter((area) => area.addr <= start && end <= area.addr + area.length).length) return flash;
  throw makeError("E_OUTBOX_FLASH", "outbox", "no free flash at 0x" + start.toString(16));
}

/**
 * Opens the outbox and finds what waits in it; whatever the flash holds, it opens. Reads each page's header, then
 * the newest page and those with records that wait, and checks each record: at most 48 flash reads for 16 pages. Writes nothing. One outbox for a region.
 * Raises E_OPTION for a start that is no page's or less than 2 pages, E_OUTBOX_FLASH when the firmware has no module Flash or does not
 * list the region as free, and E_RANDOM, the first time, on a board without a source of random numbers.
 */
export function openOutbox(options?: OutboxOptions): Outbox {
  const wanted = options || {};
  const start = wanted.start || (process.env.BOARD === "LINUX" ? LINUX_START : ESP32_START);
  const pages = wanted.pages || DEFAULT_PAGES;
  if (start % PAGE_BYTES || !(pages >= 2) || pages % 1) refuse("outbox", [start, pages]);
  const end = start + pages * PAGE_BYTES;
  const ring: Ring = {
    flash: freeFlash(start, end), start, end, drops: wanted.whenFull === "drop-oldest", board: 0, format: 0, tag: "",
    seq: 1, head: 0, tail: 0, at: 0, image: undefined, queued: 0, dropped: 0, skipped: 0, corrupt: 0,
  };
  findHead(ring);
  findTail(ring);
  ring.corrupt = ring.skipped;
  ring.seq += ring.skipped * LOST_NUMBERS;
  return { put: put.bind(undefined, ring), peek: peek.bind(undefined, ring), remove: remove.bind(undefined, ring), status: status.bind(undefined, ring) };
}
