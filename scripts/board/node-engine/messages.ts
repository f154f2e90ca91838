import type { MessagePort } from "node:worker_threads";
import type { TlsLayoutName } from "./memory/layouts/layout.ts";
import type { PowerCut } from "./storage/power-supply.ts";

/** From the board process to the worker. */
export type ToWorker =
  | { type: "input"; bytes: Uint8Array }
  | { type: "post"; channel: string; message: unknown }
  | { type: "interruptAfter"; statements: number }
  | { type: "cutPower"; cut: PowerCut };

/** With what code the worker ends when the power is cut inside an operation on flash. */
export const POWER_CUT_CODE = 86;

/** From the worker to the board process. */
export type FromWorker =
  | { type: "output"; bytes: Uint8Array }
  | { type: "call"; method: string; args: unknown }
  | { type: "send"; method: string; args: unknown }
  | { type: "ready" }
  | { type: "reset" };

/** The answer to a call. */
export type Reply = { ok: true; value: unknown } | { ok: false; error: { message: string; code?: unknown } };

/** What the worker is started with. */
export interface WorkerStart {
  memory: SharedArrayBuffer;
  inbox: MessagePort;
  replies: MessagePort;
  flashFolder: string;
  board: BoardIdentity;
  tlsLayout: TlsLayoutName;
  interruptAfterStatements?: number;
  cutPower?: PowerCut;
}

/** What `process.env` says of the board. */
export interface BoardIdentity {
  board: string;
  version: string;
}
