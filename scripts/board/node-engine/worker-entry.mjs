// A worker does not inherit the loader that lets the main thread import TypeScript: it registers its own.
import { parentPort } from "node:worker_threads";
import { register } from "tsx/esm/api";

register();
try {
  await import("./worker.ts");
} catch (error) {
  // Errors of the program's realm lose their message on the way through Worker's own "error" event.
  parentPort.postMessage(error?.stack || String(error));
}
