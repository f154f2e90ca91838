import { BOOT_EVENTS_FILE } from "./boot-code.ts";
import { cliFailure } from "./failure.ts";
import { createQuestion } from "./marker.ts";
import type { Port } from "./port.ts";
import { runCli } from "./run.ts";
import { sendAgainIfDamaged } from "./send-again.ts";
import { withWorkspace } from "./workspace.ts";

/** Connecting and resetting take about 2 s; the CLI waits up to 30 s for a board that talks all the time, and a full Storage is tidied. */
const DEADLINE_MS = 60_000;

/** A board as it is after a reset. */
export interface BoardFacts {
  /** `process.env.BOARD`. */
  board: string;
  /** `process.env.VERSION`, "2v29.277". */
  version: string;
  hasTls: boolean;
  /** Variables of `blockBytes` bytes each. */
  memory: { free: number; total: number; blockBytes: number };
  /** Bytes; what is trash can be made free. */
  storage: { free: number; trash: number };
  /** The last three events of the boot guard, oldest first. */
  lastBoots: string;
}

export interface Inspection {
  port: Port;
  /** So many bytes are to be written to Storage. When they fit only where trash is, the trash is cleared away now: in the middle of an upload it would cost characters. */
  storageBytes?: number | undefined;
  signal?: AbortSignal | undefined;
}

/**
 * Resets the board and reads what it is and has room for.
 * @throws CliFailure
 */
export function inspectBoard(inspection: Inspection): Promise<BoardFacts> {
  return sendAgainIfDamaged(() => inspectOnce(inspection));
}

async function inspectOnce({ port, storageBytes = 0, signal }: Inspection): Promise<BoardFacts> {
  const question = createQuestion(factsExpression(storageBytes));
  let facts: BoardFacts | undefined;
  const end = await withWorkspace({ "inspect.js": `${question.statement}\n` }, (folder) =>
    runCli({
      port, folder, file: "inspect.js", storage: {}, deadlineMs: DEADLINE_MS, signal,
      onLine(line, control) {
        const answer = question.answer(line);
        if (answer === undefined && !line.startsWith("Uncaught ")) return;
        facts = (answer ?? undefined) as BoardFacts | undefined;
        if (facts) control.finish();
        else control.fail("damaged");
      },
    }));
  if (facts) return facts;
  throw end.failure ?? cliFailure("timeout", port);
}

function factsExpression(storageBytes: number): string {
  return "(function(e,m,s,f,t,b){" +
    `f=s.getStats?s.getStats():{freeBytes:s.getFree(),trashBytes:0};` +
    `if(f.freeBytes<${storageBytes}&&f.freeBytes+f.trashBytes>=${storageBytes}){s.compact();f=s.getStats()}` +
    `try{require("tls");t=true}catch(x){t=false}` +
    `b=(s.read("${BOOT_EVENTS_FILE}")||"");b=b.substr(0,b.indexOf("\\xff")<0?b.length:b.indexOf("\\xff"));` +
    `return{board:e.BOARD,version:e.VERSION,hasTls:t,memory:{free:m.free,total:m.total,blockBytes:m.blocksize},` +
    `storage:{free:f.freeBytes,trash:f.trashBytes},lastBoots:b.substr(b.length>3?b.length-3:0)}` +
    `})(process.env,process.memory(),require("Storage"))`;
}
