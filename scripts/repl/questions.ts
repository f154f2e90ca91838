import { randomBytes } from "node:crypto";

/** An answer line of the board starts with it; written in two halves in a question, so that no echo can be taken for an answer. */
const MARK = "@repl ";
const MARK_EXPRESSION = '"@re"+"pl "';
const ANSWER = /@repl ([0-9a-f]{16}) (.*)$/;
/** A board that does nothing else answers in milliseconds; one that is looking up a name or connecting blocks for seconds. */
const ANSWER_MS = 5_000;

/** What the board said: a value, or why there is none. */
export type Answer = { value: unknown } | { error: string };

/** Asks the board for values, without a trace at its console. */
export class Questions {
  readonly #send: (line: string) => void;
  readonly #waiting = new Map<string, (answer: Answer) => void>();

  constructor(send: (line: string) => void) {
    this.#send = send;
  }

  /**
   * The value of an expression on the board, as JSON carries it; undefined when no answer comes in time.
   * @param expression in ASCII, without line ends
   */
  ask(expression: string): Promise<Answer | undefined> {
    const token = randomBytes(8).toString("hex");
    // DLE: no echo and no value for this line.
    this.#send(`\x10(function(a){try{a={value:${expression}}}catch(e){a={error:e.toString()}}print(${MARK_EXPRESSION}+"${token} "+JSON.stringify(a))})()`);
    return new Promise((resolve) => {
      const patience = setTimeout(settle, ANSWER_MS, undefined);
      const waiting = this.#waiting;
      waiting.set(token, settle);
      function settle(answer: Answer | undefined): void {
        clearTimeout(patience);
        waiting.delete(token);
        resolve(answer);
      }
    });
  }

  get isWaiting(): boolean {
    return this.#waiting.size > 0;
  }

  /** Whether a line of the board is an answer, also one that came too late. */
  take(line: string): boolean {
    if (!line.includes(MARK)) return false;
    const [, token = "", json = ""] = ANSWER.exec(line) ?? [];
    this.#waiting.get(token)?.(parseAnswer(json));
    return token !== "";
  }

  /** Nobody will answer any more. */
  cancel(): void {
    for (const settle of this.#waiting.values()) settle({ error: "the board went away" });
  }
}

/** JSON of the firmware: it writes some characters as \xHH, which JSON has not (2v29). */
function parseAnswer(json: string): Answer {
  try {
    return JSON.parse(json.replace(/\\(?:x([\da-fA-F]{2})|.)/g, (whole, hex?: string) => (hex ? `\\u00${hex}` : whole))) as Answer;
  } catch {
    return { error: `unreadable: ${json}` };
  }
}
