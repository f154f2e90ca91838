import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { test } from "node:test";
import { openLine } from "../../scripts/repl/open-line.ts";
import { NO_TERMINAL } from "../commands/pseudo-terminal.ts";
import { OutputWatcher } from "../board/output-watcher.ts";

/** A pseudo-terminal stands in for a serial port: the CLI's serial port module opens it as one. */
test("a serial port is opened by the espruino CLI's own layer; bytes go both ways as they are, and its end is told", { skip: NO_TERMINAL }, async () => {
  const far = spawn("script", ["-qfec", "stty raw -echo; tty; exec cat", "/dev/null"], { stdio: ["pipe", "pipe", "ignore"] });
  const farOutput = new OutputWatcher();
  far.stdout.on("data", (bytes: Buffer) => farOutput.take(bytes));
  const [path] = await farOutput.waitFor(/\/dev\/pts\/\d+/);
  const line = await openLine({ kind: "serial", name: path, path });
  line.write(Buffer.from("near\xff\n", "latin1"));
  await farOutput.waitFor(/near\xff/);
  line.close();
  assert.match((await line.ended)?.message ?? "", /went away/);
  far.kill("SIGKILL");
  await once(far, "close");
});

test("a serial port that is not there is named", async () => {
  await assert.rejects(openLine({ kind: "serial", name: "/dev/ttyUSB99", path: "/dev/ttyUSB99" }), /There is no serial port \/dev\/ttyUSB99/);
});
