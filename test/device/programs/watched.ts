// Loops that a watchdog watches, on a fast clock.
import { expectSign, startWatchdog } from "../../../modules/watchdog";
import { answer, offer } from "./answer";
import { runFast } from "./virtual-clock";

offer("startWatching", (timesAsFast: number) => {
  runFast(timesAsFast);
  startWatchdog();
  answer(0);
});

function beat(loop: string, everyMs: number, timesLeft: number): void {
  expectSign(loop, everyMs);
  if (timesLeft) setTimeout(beat, everyMs, loop, everyMs, timesLeft - 1);
  else print("Last beat of " + loop);
}

offer("beat", (question: { loop: string; everyMs: number; times: number }) => {
  beat(question.loop, question.everyMs, question.times);
  answer(0);
});

offer("rest", (loop: string) => {
  expectSign(loop, 0);
  answer(0);
});

offer("setTheClock", (seconds: number) => {
  setTime(seconds);
  answer(0);
});

answer("ready");
