import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DEFAULT_WORLD, startBoard, type Board, type EngineName } from "../board/board.ts";
import { buildApp, describeBuildError, type BuiltBundle } from "../build.ts";
import { startCloud, TRUST_ANCHOR_FILE, type Cloud } from "../cloud/cloud.ts";
import { OAUTH_HOST } from "../cloud/oauth-token.ts";
import { TELEMETRY_HOST } from "../cloud/telemetry.ts";
import { parsePort } from "../espruino-cli/port.ts";
import { writeStorage } from "../espruino-cli/storage.ts";
import type { UploadEnd } from "../espruino-cli/upload.ts";
import { BoardOutput } from "../terminal/board-output.ts";
import { LiveLine } from "../terminal/live-line.ts";
import { showUpload } from "../terminal/show-upload.ts";
import { inKilobytes, Steps } from "../terminal/steps.ts";
import type { Breakage } from "./breakages.ts";
import { programDeadlineMs } from "./deadline.ts";
import { Outage } from "./outage.ts";
import { describeServerNames } from "./server-names.ts";
import { provisionedFiles, type Provisioning } from "./settings.ts";
import { describeProgress, describeReceived, follow, type Progress } from "./telemetry-view.ts";

export interface JourneyOptions {
  app: string;
  engine: EngineName;
  /** Servers need not be verified. */
  isInsecure: boolean;
  /** After so many the program telemetry is done; 0: never. */
  readings: number;
  breakage?: Breakage | undefined;
  /** Ends the journey early. */
  signal: AbortSignal;
}

/**
 * The whole way of a program, shown step by step: build, virtual board, local cloud, provisioning, upload, its output.
 * Whatever happens, nothing of it is left running or lying about.
 * @returns how the program ended
 * @throws Error of the step that failed
 */
export async function travel({ app, engine, isInsecure, readings, breakage, signal }: JourneyOptions): Promise<UploadEnd> {
  const steps = new Steps(6);
  const cleanups: (() => Promise<unknown>)[] = [];
  try {
    const bundle = await steps.run(`Building ${app}`, () => build(app), (built) => `${inKilobytes(built.minifiedBytes)} minified`);
    const board = await steps.run(`Starting the virtual board (${engine} engine)`, () => powerUp(engine, cleanups), ({ port }) => port);
    const cloud = await steps.run("Starting the local cloud", () => openCloud(breakage, isInsecure, cleanups), describeCloud);
    const provisioning = { cloud, world: DEFAULT_WORLD, ram: board.ram, isInsecure, readings, breakage };
    await steps.run("Provisioning the board with settings", () => provision(board, provisioning, signal), () => describeSettings(provisioning));
    const code = await readFile(bundle.minified, "latin1");
    const live = new LiveLine();
    const outage = breakage?.outage && new Outage(breakage.outage, board, (line) => live.write(line));
    cleanups.push(async () => outage?.stop());
    const output = app === "telemetry" ? telemetryOutput(live, readings, outage) : new BoardOutput();
    const outcomeDeadlineMs = programDeadlineMs(app, readings, breakage);
    const end = await showUpload(steps, app, { port: parsePort(board.port), code, into: "ram", outcomeDeadlineMs, signal }, output);
    live.set("");
    for (const line of [...describeReceived(cloud.services.telemetry), ...describeServerNames(cloud, isInsecure)]) console.log(line);
    return end;
  } finally {
    for (const cleanUp of cleanups.reverse()) await cleanUp();
  }
}

/** What the board prints, and below it how far it has come. */
function telemetryOutput(live: LiveLine, readings: number, outage: Outage | undefined): BoardOutput {
  let progress: Progress = { delivered: 0, queued: 0, last: "" };
  return new BoardOutput((text) => live.write(text), undefined, (line) => {
    progress = follow(progress, line);
    live.set(describeProgress(progress, readings));
    outage?.note(progress.delivered);
  });
}

async function build(app: string): Promise<BuiltBundle> {
  try {
    return await buildApp(app);
  } catch (error) {
    throw new Error(describeBuildError(error));
  }
}

async function powerUp(engine: EngineName, cleanups: (() => Promise<unknown>)[]): Promise<Board> {
  const flashFolder = await mkdtemp(join(tmpdir(), "espruino-https-board-"));
  cleanups.push(() => rm(flashFolder, { recursive: true, force: true }));
  const board = await startBoard({ engine, flashFolder, world: DEFAULT_WORLD, consolePort: 0 });
  cleanups.push(() => board.stop());
  return board;
}

/** Stock firmware cannot send the right server name, so a board that does not verify is met by a service that does not insist on it. */
async function openCloud(breakage: Breakage | undefined, isInsecure: boolean, cleanups: (() => Promise<unknown>)[]): Promise<Cloud> {
  const oauth = { anyServerName: isInsecure, ...breakage?.cloud?.oauth };
  const telemetry = { anyServerName: isInsecure, ...breakage?.cloud?.telemetry };
  const cloud = await startCloud({ ...breakage?.cloud, oauth, telemetry });
  cleanups.push(() => cloud.stop());
  return cloud;
}

function describeCloud(cloud: Cloud): string {
  return `${Object.keys(cloud.connectTo).length} addresses stand in for the real services`;
}

async function provision(board: Board, provisioning: Provisioning, signal: AbortSignal): Promise<void> {
  const files = provisionedFiles(provisioning);
  await writeStorage({ port: parsePort(board.port), files, signal });
}

function describeSettings({ isInsecure, breakage }: Provisioning): string {
  const trust = isInsecure
    ? `servers are NOT verified ("verify": "none", because of --insecure)${breakage?.onlyInsecure ? "" : `; ${OAUTH_HOST} and ${TELEMETRY_HOST} take any server name (SNI)`}`
    : `servers are verified against the local cloud's own authority, ${TRUST_ANCHOR_FILE}`;
  const broken = breakage ? `\n      broken on purpose: ${breakage.effect}` : "";
  return `written\n      ${trust}${broken}`;
}
