import { Command, InvalidArgumentError, Option } from "commander";
import { readFileSync } from "node:fs";
import type { BoardName } from "./preflight/boards.ts";
import type { PreflightOptions } from "./preflight/preflight.ts";
import { EXIT_USAGE } from "./preflight/target.ts";
import { readSeconds } from "./terminal/option-values.ts";
import { runCommand } from "./terminal/command.ts";

interface Options {
  board: BoardName;
  json?: boolean;
  head?: boolean;
  roots?: string;
  connectTo?: { host: string; port: number };
  cert?: string;
  key?: string;
  timeout: number;
}

const PROJECT = process.cwd();
const DEFAULT_TIMEOUT_S = 10;
const EXIT_CODES = `
Exit code:
  0  a request with this project will work
  1  it will fail; the code in brackets is what the board will report (docs/errors.md)
  2  it will work once something is given that is named: a client certificate
  3  not known: the server was not found, not reached, or did not answer
  4  the command was not used as it is meant`;

function readConnectTo(text: string): { host: string; port: number } {
  const [, host, port] = /^([^:\s]+):(\d{1,5})$/.exec(text) ?? [];
  if (host === undefined || Number(port) > 65_535) throw new InvalidArgumentError("It is written HOST:PORT.");
  return { host, port: Number(port) };
}

function readCommand(): { url: string; options: Options } {
  const program = new Command("npm run preflight --")
    .description("Talks to a server as a board would, and says whether a request will work: on stock firmware, and with this project.")
    .argument("<url>", "https://HOST[:PORT]/PATH, which is asked without authorization; or HOST:PORT, mqtts://HOST")
    .addOption(new Option("--board <name>", "which board; PICO is an Espruino Pico").choices(["ESP32", "ESP32C3", "ESP32S3", "PICO"]).default("ESP32"))
    .option("--json", "print the report as JSON (docs/preflight.md)")
    .option("--head", "ask by HEAD, where GET would do something")
    .option("--roots <file>", "trust the roots in this PEM file, in place of Node's own")
    .option("--cert <file>", "the board's certificate (PEM), for servers that want one")
    .option("--key <file>", "its private key (PEM)")
    .option("--connect-to <host:port>", "connect there, and ask for the URL's host all the same", readConnectTo)
    .option("--timeout <seconds>", "for each handshake, and each answer", readSeconds, DEFAULT_TIMEOUT_S)
    .addHelpText("after", EXIT_CODES)
    .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : EXIT_USAGE));
  program.parse();
  return { url: program.args[0]!, options: program.opts() };
}

async function run(): Promise<number> {
  const { url, options } = readCommand();
  try {
    return await examine(url, options);
  } catch (error) {
    console.error(`Error: ${(error as Error).message}`);
    return EXIT_USAGE;
  }
}

async function examine(url: string, options: Options): Promise<number> {
  const { BOARDS } = await import("./preflight/boards.ts");
  const { preflight } = await import("./preflight/preflight.ts");
  const { describeReport } = await import("./preflight/describe.ts");
  const board = BOARDS[options.board];
  const report = await preflight(url, { board, ...await preflightOptions(options) });
  if (options.json) console.log(JSON.stringify(report, undefined, 2));
  else for (const line of describeReport(report, board)) console.log(line);
  return report.exitCode;
}

async function preflightOptions({ roots, cert, key, head, timeout, connectTo }: Options): Promise<Omit<PreflightOptions, "board">> {
  const { RootStore } = await import("./certificates/root-store.ts");
  const { readCertificateFile } = await import("./certificates/certificate-bytes.ts");
  const { readCertsFolder } = await import("./certificates/certs-folder.ts");
  if ((cert === undefined) !== (key === undefined)) throw new Error("--cert and --key go together.");
  return {
    roots: roots === undefined ? new RootStore() : new RootStore(readCertificateFile(roots).map(({ der }) => der)),
    certsFiles: readCertsFolder(PROJECT),
    now: new Date(),
    timeoutMs: timeout * 1_000,
    method: head ? "HEAD" : "GET",
    ...(connectTo ? { connectTo } : {}),
    ...(cert !== undefined ? { clientCertificate: { cert: readFileSync(cert, "utf8"), key: readFileSync(key!, "utf8") } } : {}),
  };
}

await runCommand(run);
