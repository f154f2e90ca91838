// The modules for services, and a clock that obeys the test.
import type { BoardError } from "../../../modules/errors";
import { join } from "../../../modules/wifi";
import { answer, offer } from "./answer";
import { boardState } from "./board-state";
import { hurry } from "./hurry";
import { passTime, setClock, stopClock } from "./passing-time";
import "./shadows";
import "./tokens";

offer("passTime", (seconds: number) => {
  passTime(seconds);
  answer(0);
});

offer("setClock", (nowS: number) => {
  setClock(nowS);
  answer(0);
});

offer("stopClock", (stopped: boolean) => {
  stopClock(stopped);
  answer(0);
});

offer("hurry", (timesAsFast: number) => {
  hurry(timesAsFast);
  answer(0);
});

offer("look", () => setTimeout(() => answer(boardState()), 0));

join({ wifi: { ssid: "virtual-ap", password: "virtual-password" } }, (error: BoardError | undefined) => answer(error || "ready"));
