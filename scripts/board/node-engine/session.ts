import { objectText, REPL_STYLE } from "./console/object-text.ts";
import { Packets } from "./console/packets.ts";
import { Repl } from "./console/repl.ts";
import { reportErrors } from "./error-report.ts";
import type { Interpreter } from "./interpreter.ts";
import { JsonParser } from "./library/json-parser.ts";
import { StorageError } from "./storage/storage.ts";

/** Joins the console's line editor and packets to the interpreter. */
export function createRepl(interpreter: Interpreter): Repl {
  const { console, board, calls, interrupts } = interpreter;
  const report = () => reportErrors(interpreter);
  const packets = createPackets(interpreter, report);
  return new Repl(console, {
    runLine(line, firstLine) {
      const result = calls.run(() => interpreter.realm.evaluate(line, "REPL", firstLine));
      if (!result.ok) return undefined;
      const text = calls.run(() => objectText(interpreter.realm, result.value, REPL_STYLE));
      return text.ok ? { text: text.value } : undefined;
    },
    reportErrors: report,
    packet: (flags, data) => packets.process(flags, data),
    identity: () => `Espruino ${board.version} ${board.board}`,
    dropCtrlC: () => void interrupts.takeCtrlC(),
    onPacketState: (isInPacket) => {
      interrupts.ignoreCtrlC = isInPacket;
    },
  });
}

function createPackets(interpreter: Interpreter, report: () => void): Packets {
  const { console, calls, storage, listeners } = interpreter;
  return new Packets(console, {
    evaluate(expression) {
      const result = calls.run(() =>
        objectText(interpreter.realm, interpreter.realm.evaluate(expression, ""), { dropQuotes: true, json: true }),
      );
      return result.ok ? result.value : undefined;
    },
    reportErrors: report,
    parseObject: (text) => parseObject(interpreter, text),
    emitOnE(event, value) {
      const { E } = interpreter.realm.global;
      const list = listeners.of(E as object, event);
      if (list) calls.fire(list, E, [interpreter.realm.toProgram(value)]);
      return list !== undefined;
    },
    readFile: (name) => storage.read(name),
    writeFile(name, data, offset, size) {
      try {
        storage.write(name, data, offset, size);
        return true;
      } catch (error) {
        if (error instanceof StorageError) return false;
        throw error;
      }
    },
  });
}

function parseObject(interpreter: Interpreter, text: string): Record<string, unknown> | undefined {
  try {
    const value = new JsonParser(interpreter.realm, text, true).parse();
    if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
    return value as Record<string, unknown>;
  } catch {
    return undefined;
  }
}
