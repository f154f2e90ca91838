// How a program ends, said in the two forms that `npm start` and `npm run upload` wait for.
import type { BoardError } from "./errors";
import type { TlsReport } from "./tls/guard";

/** Says how the server of a response was verified. */
export function reportTls(tls: TlsReport): void {
  if (tls.verified) console.log("Server verified by " + tls.verified + ": " + tls.subject + ", issued by " + tls.issuer);
}

/** Says that the program did what it was for. */
export function done(): void {
  console.log("=== done");
}

/** Says why the program ended without success. */
export function failed(error: BoardError): void {
  console.log("=== failed " + error.code + " in " + error.phase + ": " + error.message);
}
