import type { Port } from "./port.ts";

export type FailureKind =
  | "no-such-port"
  | "refused"
  | "unreachable"
  | "busy"
  | "no-permission"
  | "not-espruino"
  | "disconnected"
  | "bad-code"
  | "not-saved"
  | "damaged"
  | "timeout"
  | "interrupted"
  | "cli-ended";

/** Talking to the board did not work; `message` is for people. */
export class CliFailure extends Error {
  readonly kind: FailureKind;

  constructor(kind: FailureKind, message: string) {
    super(message);
    this.name = "CliFailure";
    this.kind = kind;
  }
}

/** The first words of what our console server tells a second connection. */
export const BUSY_NOTICE = "This console is busy";

/** What the CLI (0.1.67), its serial port module (12) and our console server print when something is wrong. First match counts. */
const SIGNS: [FailureKind, RegExp][] = [
  ["refused", /^RECEIVE ERROR:.*ECONNREFUSED/],
  ["disconnected", /^RECEIVE ERROR:.*(ECONNRESET|EPIPE)/],
  ["unreachable", /^RECEIVE ERROR:/],
  ["busy", new RegExp(`^(--\\] )?${BUSY_NOTICE}`)],
  ["busy", /^(Uncaught )?\[?Error: .*(Cannot lock port|Resource busy|Resource temporarily unavailable|EBUSY|Access denied)/],
  ["no-permission", /^(Uncaught )?\[?Error: .*(Permission denied|EACCES)/],
  ["no-such-port", /^serial: Port ".*" not found|^(Uncaught )?\[?Error: .*(No such file or directory|File not found), cannot open/],
  ["not-espruino", /^Unable to retrieve board information/],
  ["bad-code", /^You have more (open|close) brackets than/],
  ["unreachable", /^Unable to connect!/],
  ["disconnected", /^Disconnected\./],
];

const MESSAGES: Record<FailureKind, (port: string) => string> = {
  "no-such-port": (port) =>
    `There is no serial port ${port} that this computer lists. Is the board plugged in? See: npx espruino --no-ble --list`,
  refused: (port) => `Nothing listens at ${port}. Is the board running? Start the virtual board with: npm run board`,
  unreachable: (port) => `Cannot reach ${port}.`,
  busy: (port) => `Port ${port} is busy: another program (a terminal, an upload) is connected to it. Close that one first.`,
  "no-permission": (port) =>
    `No permission to open ${port}. On Linux add yourself to the group that owns it (dialout or uucp) and log in again.`,
  "not-espruino": (port) =>
    `What is at ${port} does not answer as Espruino. Is Espruino flashed on the board, is the console on this port, and is it at 115200 baud?`,
  disconnected: (port) => `The board at ${port} went away.`,
  "bad-code": () => "The espruino CLI does not take the code: it counts different numbers of opening and closing brackets in it.",
  "not-saved": (port) => `What the board at ${port} reads back from its flash is not what was written. Is its Storage full?`,
  damaged: (port) =>
    `What is sent does not arrive whole on the board at ${port}: characters get lost on the line. Try a shorter cable or another port.`,
  timeout: (port) => `The board at ${port} did not take the upload in time.`,
  interrupted: () => "Interrupted.",
  "cli-ended": () => "The espruino CLI ended before the board had confirmed the upload.",
};

/** Recognises a failure in a line of the CLI's output. */
export function failureIn(cliLine: string): FailureKind | undefined {
  return SIGNS.find(([, sign]) => sign.test(cliLine))?.[0];
}

/**
 * The error for a failure.
 * @param detail more about it, on lines of its own
 */
export function cliFailure(kind: FailureKind, port: Port, detail = ""): CliFailure {
  return new CliFailure(kind, MESSAGES[kind](port.name) + (detail ? `\n${detail}` : ""));
}
