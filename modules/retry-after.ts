// The header Retry-After (RFC 9110 10.2.3).

// One wrong answer must not silence for longer a board that nobody restarts.
const MAX_RETRY_AFTER_S = 86400;

/**
 * How many seconds a server wants to be left alone, a day at most: from seconds, or from a date in the one form that servers may send
 * (the firmware reads others as 1970, 2v29). `untoldS` when there is no header, no sense in it, or its date is past.
 */
export function readRetryAfter(value: string | undefined, untoldS: number): number {
  const text = value || "";
  const seconds = /^\d+$/.test(text) ? parseFloat(text) : Math.ceil(Date.parse(text) / 1000 - getTime());
  return seconds >= 0 ? Math.min(seconds, MAX_RETRY_AFTER_S) : untoldS;
}
