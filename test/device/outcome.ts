// What the program "requester" reports, and what must be true after every request.
import assert from "node:assert/strict";
import type { DeviceBoard } from "./board-run.ts";

/** The answer to one question. Times in ms by the board's clock. */
export interface Outcome {
  calls: number;
  /** Callbacks that came before request() returned. */
  callsAtOnce: number;
  tookMs: number;
  /** When request() was called and when it called back, counted from the first of the requests made at once. */
  startedAtMs: number;
  endedAtMs: number;
  /** Since the program last saw bytes of the answer, or was asked for some of the body. */
  quietMs: number;
  streamedBytes: number;
  longestPiece: number;
  error?: { code: string; phase: string; message: string; phasesMs: Record<string, number>; blocking: string[]; [fact: string]: unknown };
  response?: {
    statusCode: number;
    body: string;
    bodyBytes: number;
    phasesMs: Record<string, number>;
    blocking: string[];
    tls?: { verified: boolean };
  };
}

/** A question to the program "requester"; see there. */
export interface Question {
  options: Record<string, unknown>;
  pieces?: number;
  pieceBytes?: number;
  streams?: boolean;
  keeps?: boolean;
  spoils?: boolean;
  abortAfterMs?: number;
  abortIn?: "source" | "head" | "data" | "end";
}

interface BoardState {
  timers: number;
  sockets: number;
  tlsStates: number;
  hasUncaughtListener: boolean;
  usedBlocks: number;
}

/** What a request may keep from the one before it, the last error for example. */
const KEPT_BLOCKS = 60;

/** Makes requests at once on a board; each must have called back exactly once, and not before request() returned. */
export async function askAll(board: DeviceBoard, questions: Question[]): Promise<Outcome[]> {
  const outcomes = (await board.call("ask", questions)) as Outcome[];
  for (const { calls, callsAtOnce } of outcomes) assert.deepEqual({ calls, callsAtOnce }, { calls: 1, callsAtOnce: 0 });
  return outcomes;
}

/** Makes one request. */
export async function ask(board: DeviceBoard, question: Question): Promise<Outcome> {
  return (await askAll(board, [question]))[0]!;
}

/** Reads the firmware's own lists on the board. */
export async function lookAt(board: DeviceBoard): Promise<BoardState> {
  return (await board.ask("look()")) as BoardState;
}

/** Fails when the board has a timer, listener, socket, TLS state or much memory more than `before`. */
export async function assertNothingLeft(board: DeviceBoard, before: BoardState): Promise<void> {
  const { usedBlocks: usedBefore, ...listsBefore } = before;
  const { usedBlocks, ...lists } = await lookAt(board);
  assert.deepEqual(lists, listsBefore);
  assert.ok(usedBlocks <= usedBefore + KEPT_BLOCKS, `${usedBlocks - usedBefore} blocks more are in use`);
}

/** `code in phase` of an outcome that must be an error. */
export function endOf({ error, response }: Outcome): string {
  assert.ok(error, `a response came: ${JSON.stringify(response)}`);
  return `${error.code} in ${error.phase}`;
}
