// What the last requests came to, for whoever asks at the REPL: status() of modules/status.ts gives these lines, and
// scripts/repl/ explains them. Lines and not objects: an object of the same facts takes three times the variables.
import { observer } from "./client";
import type { Request, Response } from "./client";
import type { TlsReport } from "./tls/guard";

/** At least one request that went wrong and the few before it, within 60 variables. */
const KEPT_REQUESTS = 4;
/** A host name can have 253 characters, and a server chooses its issuer: what comes last is cut. */
const ENTRY_BYTES = 110;

/**
 * The last requests, oldest first. An entry is nine fields with tabs between them: when it ended (seconds since 1970), the status
 * or "CODE in phase", the milliseconds of each phase behind the first letter of its name, bytes of the body, verified by what, when the
 * server's certificate expires, method (empty: GET), host, issuer. No path, header or body: those may hold secrets.
 */
export const journal: string[] = [];

/** Keeps an entry, and forgets the oldest one. */
export function record(fields: any[]): void {
  journal.push(fields.join("\t").substr(0, ENTRY_BYTES));
  if (journal.length > KEPT_REQUESTS) journal.shift();
}

function note(request: Request): void {
  const { failure, times, origin } = request;
  const answer: Partial<Response> = request.answer || {};
  const tls: Partial<TlsReport> = answer.tls || {};
  let phases = "";
  for (const phase in times) phases += phase[0]! + times[phase];
  record([
    Math.round(request.phaseStartS),
    failure ? failure.code + " in " + failure.phase : answer.statusCode,
    phases,
    answer.bodyBytes,
    tls.verified,
    tls.notAfter,
    request.wanted.method,
    origin && origin.host,
    tls.issuer,
  ]);
}

observer.onEnd = note;
