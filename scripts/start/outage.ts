import type { Board } from "../board/board.ts";

export interface OutagePlan {
  /** Readings that are delivered before it begins. */
  afterDelivered: number;
  forMs: number;
}

/** The access point that goes away for a while, once. */
export class Outage {
  readonly #plan: OutagePlan;
  readonly #board: Pick<Board, "setAccessPoint">;
  readonly #tell: (line: string) => void;
  #hasBegun = false;
  #end: NodeJS.Timeout | undefined;

  /** @param tell takes what is done to the network, as lines */
  constructor(plan: OutagePlan, board: Pick<Board, "setAccessPoint">, tell: (line: string) => void) {
    this.#plan = plan;
    this.#board = board;
    this.#tell = tell;
  }

  /** Begins it when so many are enough. */
  note(delivered: number): void {
    if (this.#hasBegun || delivered < this.#plan.afterDelivered) return;
    this.#hasBegun = true;
    this.#switch(false);
    this.#end = setTimeout(() => this.#switch(true), this.#plan.forMs);
  }

  /** Forgets it, whether it has begun or not. */
  stop(): void {
    this.#hasBegun = true;
    clearTimeout(this.#end);
  }

  #switch(isOn: boolean): void {
    this.#tell(`    (the access point is ${isOn ? "back" : "gone"})\n`);
    this.#board.setAccessPoint(isOn);
  }
}
