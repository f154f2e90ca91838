// JSON whose strings are right on every interpreter. The firmware's own JSON.stringify escapes each byte of a UTF-8
// character as a character of its own (`\u00C3\u00A9` for an é: mojibake at the server) on firmware without Unicode support.
import { makeError } from "./errors";
import { sequenceLength, toBytes } from "./text";

// The bytes of the run of `\u0080`..`\u00FF` that starts at `at`, as the firmware escapes the bytes of a UTF-8 character.
function escapedRun(text: string, at: number): string {
  let bytes = "";
  while (text.substr(at, 4) === "\\u00" && text.charAt(at + 4) > "7") {
    bytes += String.fromCharCode(parseInt(text.substr(at + 4, 2), 16));
    at += 6;
  }
  return bytes;
}

// RFC 3629 4: whole sequences, none overlong, no surrogate, nothing above U+10FFFF.
function isUtf8(run: string): boolean {
  let at = 0;
  while (at < run.length) {
    const length = sequenceLength(run, at);
    const start = run.charCodeAt(at) * 256 + run.charCodeAt(at + 1);
    const isOverlong = (start >= 0xe080 && start < 0xe0a0) || (start >= 0xf080 && start < 0xf090);
    if (length === 0 || isOverlong || (start >= 0xeda0 && start < 0xedc0) || start >= 0xf490) return false;
    at += length;
  }
  return true;
}

// From escape to escape, because the firmware's regular expressions know no repeated group; an escaped backslash is
// stepped over, so that the text `\u00C3` itself stays what it is.
function unescapeUtf8(text: string): string {
  let bytes = "";
  let done = 0;
  let at = text.indexOf("\\");
  while (at >= 0) {
    const run = escapedRun(text, at);
    if (!isUtf8(run)) throw makeError("E_TEXT_INVALID", "options", "not UTF-8", { value: text.substr(at, run.length * 6) });
    if (run !== "") {
      bytes += text.substring(done, at) + run;
      done = at + run.length * 6;
    }
    at = text.indexOf("\\", run === "" ? at + 2 : done);
  }
  return bytes + text.substr(done);
}

/**
 * JSON text (RFC 8259) of a value as bytes in UTF-8, ready to be a request body. Strings are bytes that hold UTF-8, as the
 * build writes them. Raises E_TEXT_INVALID for a string that is not UTF-8, and E_OPTION for what JSON cannot hold (a
 * cycle, a function in an array), which the firmware would write as broken JSON.
 */
export function stringify(value: any): string {
  const text = JSON.stringify(value);
  try {
    JSON.parse(text);
  } catch (reason) {
    throw makeError("E_OPTION", "options", "no JSON for a cycle or a function");
  }
  return toBytes(/\\u00/.test(text) ? unescapeUtf8(text) : text);
}
