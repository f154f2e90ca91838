// RFC 9112 4: status-line = HTTP-version SP status-code SP [ reason-phrase ]
import { holdsLineEnd } from "./syntax";

export interface StatusLine {
  /** "1.0" or "1.1". */
  httpVersion: string;
  statusCode: number;
  statusMessage: string;
}

/**
 * Reads a status line without its line end; undefined when it is none. A missing reason phrase, even without the blank
 * before it, is accepted as every other client does. 101 is refused: this client never asks for another protocol.
 * (The reason is told by hand: the firmware's regular expressions know no optional group, 2v29.)
 */
export function readStatusLine(line: string): StatusLine | undefined {
  const code = line.substr(9, 3);
  if (!/^HTTP\/1\.\d [1-5]\d\d $/.test((line + " ").substr(0, 13)) || code === "101" || holdsLineEnd(line)) return undefined;
  return { httpVersion: line.substr(5, 3), statusCode: +code, statusMessage: line.substr(13) };
}
