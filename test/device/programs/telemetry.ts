// The program telemetry as it is, on a clock that obeys the test.
import { jump, runFast } from "./virtual-clock";
import "../../../src/telemetry";
import { answer, offer } from "./answer";
import { boardState } from "./board-state";

declare const global: any;

offer("runFast", (timesAsFast: number) => {
  runFast(timesAsFast);
  answer(0);
});

offer("jump", (seconds: number) => {
  jump(seconds);
  answer(0);
});

offer("tell", () => answer(global["status"]()));
offer("look", () => setTimeout(() => answer(boardState()), 0));

answer("ready");
