import { upload, type UploadEnd, type UploadJob } from "../espruino-cli/upload.ts";
import { BoardOutput } from "./board-output.ts";
import { inKilobytes, type Steps } from "./steps.ts";

/** Nothing else on the screen would tell why nothing happens any more. */
const UNCAUGHT_NOTE = "    (Nobody caught this. The program may never say how it ends; Ctrl-C leaves it, and it goes on running on the board.)";

/**
 * Shows an upload and the run of the program as two steps.
 * @param output takes what the program prints
 * @throws CliFailure when the board did not take the program
 */
export async function showUpload(steps: Steps, app: string, job: UploadJob, output = new BoardOutput()): Promise<UploadEnd> {
  const lines = new HeldLines(output);
  const startedMs = performance.now();
  const where = job.into === "ram" ? "RAM" : "flash";
  const end = await steps.run(
    `Uploading ${app} to ${where} at ${job.port.name} with the espruino CLI`,
    () => whenUploaded(job, (line) => lines.take(line)),
    () => `${inKilobytes(job.code.length)} in ${((performance.now() - startedMs) / 1_000).toFixed(1)} s`,
  );
  steps.announce(`Running ${app}`);
  lines.release();
  return await end.whenEnded;
}

/** Resolves when the board has the program; the end of the program is another matter. */
function whenUploaded(job: UploadJob, onLine: (line: string) => void): Promise<{ whenEnded: Promise<UploadEnd> }> {
  return new Promise((resolve, reject) => {
    const whenEnded = upload({ ...job, onLine, onUploaded: () => resolve({ whenEnded }) });
    whenEnded.catch(reject);
  });
}

/** Keeps lines back that come while the line of another step is not finished. */
class HeldLines {
  #output: BoardOutput;
  #held: string[] | undefined = [];
  #isWarned = false;

  constructor(output: BoardOutput) {
    this.#output = output;
  }

  take(line: string): void {
    if (this.#held) this.#held.push(line);
    else this.#show(line);
  }

  #show(line: string): void {
    this.#output.show(line);
    if (!line.startsWith("Uncaught ") || this.#isWarned) return;
    this.#isWarned = true;
    console.log(UNCAUGHT_NOTE);
  }

  release(): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const line of held) this.#show(line);
  }
}
