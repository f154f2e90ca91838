export interface RateLimitOptions {
  /** How many are let through; 0: none at all. */
  requests: number;
  /** How long those after them must wait, in seconds; then it begins anew. */
  retryAfterS: number;
}

/** Lets a number of requests through, then none for some time. */
export class RateLimit {
  private readonly options: RateLimitOptions | undefined;
  private readonly now: () => number;
  private used = 0;
  private blockedUntilMs = 0;

  /**
   * @param options undefined: no limit
   * @param now clock, in ms
   */
  constructor(options: RateLimitOptions | undefined, now: () => number = Date.now) {
    this.options = options;
    this.now = now;
  }

  /** Gives how many seconds to wait, at least 1, or 0 for a request that is let through. */
  take(): number {
    if (!this.options) return 0;
    const { requests, retryAfterS } = this.options;
    const nowMs = this.now();
    if (this.used >= requests && this.blockedUntilMs === 0) this.blockedUntilMs = nowMs + retryAfterS * 1_000;
    if (this.blockedUntilMs > nowMs) return Math.ceil((this.blockedUntilMs - nowMs) / 1_000);
    if (this.blockedUntilMs > 0) this.used = this.blockedUntilMs = 0;
    if (requests === 0) return retryAfterS;
    this.used++;
    return 0;
  }
}
