import { askFacts, type BoardFacts, type Topic } from "./board-facts.ts";
import { memoryText, requestsText, statusText, wifiText } from "./facts-text.ts";
import type { Answer } from "./questions.ts";

/** What a dot command can do. */
export interface CommandContext {
  /** The value of an expression on the board; undefined when it does not answer in time. */
  ask(expression: string): Promise<Answer | undefined>;
  print(lines: string[]): void;
  reboot(): void;
  leave(): void;
}

interface DotCommand {
  help: string;
  run(context: CommandContext): void | Promise<void>;
}

const NO_ANSWER = "The board does not answer: something runs on it, or its console is elsewhere. Ctrl-C interrupts what runs.";
/** E.reboot() prints "Not implemented" there (2v29). */
const NO_REBOOT = "An interpreter for Linux cannot reboot. load() starts the saved program anew, reset() leaves the board empty.";
const HELP_WIDTH = 11;

const COMMANDS: Record<string, DotCommand> = {
  ".status": { help: "the running program: WiFi, clock, memory, last requests", run: facts(["status", "env", "wifi", "timeS", "memory", "heapBytes"], statusText) },
  ".wifi": { help: "network, address, signal", run: facts(["wifi"], wifiText) },
  ".mem": { help: "variables and heap", run: facts(["memory", "heapBytes"], memoryText) },
  ".requests": { help: "the last requests of the program, with their phases", run: facts(["status"], requestsText) },
  ".reboot": { help: "restart the board, and connect again when it comes back", run: reboot },
  ".help": { help: "this list", run: ({ print }) => print(helpText()) },
  ".exit": { help: "leave, as Ctrl-D does", run: ({ leave }) => leave() },
};

/** The commands' names, sorted. */
export const COMMAND_NAMES = Object.keys(COMMANDS).sort();

/** Whether a line is meant for us: no JavaScript starts with a dot and a letter. */
export function isDotCommand(line: string): boolean {
  return /^\s*\.[a-z]+\s*$/i.test(line);
}

/** Runs a line that isDotCommand() takes. */
export async function runDotCommand(line: string, context: CommandContext): Promise<void> {
  const name = line.trim().toLowerCase();
  const command = COMMANDS[name];
  if (command) await command.run(context);
  else context.print([`There is no command ${name}. There are: ${COMMAND_NAMES.join(" ")}`]);
}

function facts(topics: Topic[], describe: (facts: BoardFacts) => string[]): DotCommand["run"] {
  return async ({ ask, print }) => {
    const known = await askFacts(ask, topics);
    print(known ? describe(known) : [NO_ANSWER]);
  };
}

async function reboot({ ask, print, reboot }: CommandContext): Promise<void> {
  const { env } = (await askFacts(ask, ["env"])) ?? {};
  if (env?.board === "LINUX") {
    print([NO_REBOOT]);
    return;
  }
  print(["Rebooting ..."]);
  reboot();
}

function helpText(): string[] {
  return [
    ...Object.entries(COMMANDS).map(([name, { help }]) => `${name.padEnd(HELP_WIDTH)}${help}`),
    "Anything else goes to the board. Ctrl-C clears the line, or interrupts what runs; Ctrl-D leaves.",
  ];
}
