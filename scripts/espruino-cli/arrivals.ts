import { crc32 } from "node:zlib";

/**
 * Of the flash that is copied at a time. The firmware reads a piece into its stack, which has 25,000 bytes on an ESP32, and the pieces
 * have to be in RAM, because writing may move what is in flash.
 */
const PIECE_BYTES = 1024;
/** Of names that nobody else uses, short enough for any count, and a regular expression as it stands. */
const ARRIVAL_PREFIX = "arriving-";

/** The same contents under the names by which they wait on the board until all of them are there, in the same order. */
export function nameForArrival(files: Record<string, Uint8Array>): Record<string, Uint8Array> {
  return Object.fromEntries(Object.values(files).map((content, index) => [ARRIVAL_PREFIX + index, content]));
}

/**
 * A condition in JavaScript for the board, which does it: when all arrivals are whole they get their own names, one after the other.
 * True when Storage then holds exactly these files; in any case no arrival is left, not even of an earlier attempt. Flash that
 * holds the same already is not written. It tells nothing about the content.
 */
export function takeArrivals(files: Record<string, Uint8Array>, arrivals: Record<string, Uint8Array>): string {
  const waiting = Object.keys(arrivals);
  const list = Object.entries(files).map(([name, content], index) => [waiting[index], name, content.length, crc32(content)]);
  return [
    "(function(s,l){",
    "function holds(n,f){var d=s.read(n);return d!==undefined&&d.length===f[2]&&E.CRC32(d)===f[3]}",
    "function take(f){if(holds(f[1],f))return;s.erase(f[1]);",
    `for(var i=0;i<f[2];i+=${PIECE_BYTES})s.write(f[1],""+s.read(f[0],i,${PIECE_BYTES}),i,f[2])}`,
    "try{if(l.every(function(f){return holds(f[0],f)}))l.forEach(take)}catch(e){}",
    `s.list(/^${ARRIVAL_PREFIX}/).forEach(function(n){s.erase(n)});`,
    "return l.every(function(f){return holds(f[1],f)})",
    `})(require("Storage"),${JSON.stringify(list)})`,
  ].join("");
}
