import { spawn } from "node:child_process";

export interface ProcessEnd {
  exitCode: number | null;
  /** Both streams, in the order they came. */
  output: string;
}

/** Runs node with arguments and collects what it prints. */
export function runProcess(args: string[]): Promise<ProcessEnd> {
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => (output += text));
  }
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (exitCode) => resolve({ exitCode, output }));
  });
}
