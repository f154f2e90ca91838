// Opens a stream as a test says, writes a text to it, and reports how it ended.
import type { BoardError } from "../../../modules/errors";
import type { ClosedHow } from "../../../modules/socket";
import { openStream } from "../../../modules/stream";
import type { Stream, StreamOptions } from "../../../modules/stream";
import { join } from "../../../modules/wifi";
import { answer, offer } from "./answer";
import { boardState } from "./board-state";

interface Question {
  options: StreamOptions;
  text?: string;
  /** When to close it: at once, or when it is open. */
  closes?: "at once" | "open";
}

// Long enough for a second end to show itself.
const AFTERMATH_MS = 20;

const seen: any = {};

function open(question: Question, stream: Stream): void {
  seen.opened++;
  seen.tls = stream.tls;
  if (question.closes === "open") stream.close();
  else if (question.text) stream.write(question.text);
}

function onClosed(how: ClosedHow, error: BoardError | undefined): void {
  seen.closed++;
  seen.how = how;
  seen.error = error;
  seen.tookMs = Math.round((getTime() - seen.startS) * 1000);
  if (seen.closed === 1) setTimeout(answer, AFTERMATH_MS, seen);
}

offer("ask", (question: Question) => {
  Object.assign(seen, { opened: 0, closed: 0, text: "", drained: 0, error: undefined, tls: undefined, startS: getTime() });
  const stream = openStream(question.options, {
    onOpen: open.bind(undefined, question),
    onBytes: (bytes: string) => { seen.text += bytes; },
    onDrain: () => { seen.drained++; },
    onClosed,
  });
  seen.closedAtOnce = seen.closed;
  try {
    if (question.closes !== "open") stream.write("too early");
  } catch (error: any) {
    seen.refused = error.code;
  }
  if (question.closes === "at once") stream.close();
});

offer("look", () => {
  setTimeout(() => answer(boardState()), 0);
});

join({ wifi: { ssid: "virtual-ap", password: "virtual-password" } }, (error: BoardError | undefined) => answer(error || "ready"));
