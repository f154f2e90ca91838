import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { crc32 } from "node:zlib";
import { storageHolds } from "./marker.ts";

/** Where the firmware looks for code to run when it boots. */
const BOOT_FILE = ".bootcde";
/** Runs instead of it, where there is one. */
const RIVAL_BOOT_FILE = ".bootrst";
/** See boot-loader.js. */
export const BOOT_EVENTS_FILE = ".boots";
/** A saved program has a name of its own, so that the one before it stays whole until the new one is. */
export const PROGRAM_PREFIX = ".program-";
/** Of the boot code and its file of events, with what Storage adds to each. */
export const BOOT_BYTES = 6_000;

const LOADER = readFileSync(new URL("./boot-loader.js", import.meta.url), "latin1")
  .replace(/^\/\/.*\n/gm, "").replace(/^ +/gm, "").replace(/" \+\n"/g, "");

/** A program on its way into the board's flash. */
export interface SavedProgram {
  /** Its name in Storage. */
  file: string;
  /** Statements for the board, to run once the file has been written: they make it the one that boots, if it is whole. */
  install: string;
  /** A condition for the board: the program and its boot code are there. */
  isInstalled: string;
}

/** The boot code for a program in a Storage file. */
export function bootCode(file: string, code: string): string {
  return LOADER.replaceAll("PROGRAM_FILE", file).replaceAll("PROGRAM_CRC", String(crc32(code)));
}

/**
 * How a program is saved: written beside what there is, and made the one that boots in a single small write, so that an upload that
 * breaks off leaves the program before it. The others are erased then.
 * @param code in ASCII
 */
export function savedProgram(code: string): SavedProgram {
  const file = PROGRAM_PREFIX + randomBytes(4).toString("hex");
  const boot = bootCode(file, code);
  const program = { [file]: Buffer.from(code, "latin1") };
  return {
    file,
    install: [
      `if(${storageHolds(program)})(function(s){s.erase("${RIVAL_BOOT_FILE}");s.write("${BOOT_FILE}",${JSON.stringify(boot)});` +
        `s.list().forEach(function(f){if(f.substr(0,${PROGRAM_PREFIX.length})==="${PROGRAM_PREFIX}"&&f!=="${file}")s.erase(f)})})(require("Storage"));`,
      CLEAR_BOOTS,
    ].join("\n"),
    isInstalled: storageHolds({ ...program, [BOOT_FILE]: Buffer.from(boot, "latin1") }),
  };
}

/** A statement for the board: what boots there have been counts no more. */
export const CLEAR_BOOTS = `(function(s,d,n){d=s.read("${BOOT_EVENTS_FILE}");if(!d)return;n=d.indexOf("\\xff");` +
  `if(n<0)s.erase("${BOOT_EVENTS_FILE}");else if(d[n-1]==="b")s.write("${BOOT_EVENTS_FILE}","s",n)})(require("Storage"));`;
