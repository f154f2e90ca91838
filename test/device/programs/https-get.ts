// The program https-get as it is, and beside it a watch on the variables that are in use.
import "../../../src/https-get";
import { answer, offer } from "./answer";

// A look collects garbage, which takes a board some milliseconds; a long page gives it hundreds.
const LOOK_MS = 20;

let peak = 0;

function look(): void {
  peak = Math.max(peak, process.memory().usage);
  setTimeout(look, LOOK_MS);
}

offer("peak", () => answer(peak));

answer("ready");
look();
