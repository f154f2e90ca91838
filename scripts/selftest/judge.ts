import type { ServerCase } from "./cases.ts";
import { NO_RESULT, type Examination, type Finding, type ServerFindings } from "./findings.ts";

/** What an examination came to: passed when there is no reason against it. */
export interface Judgement {
  passed: boolean;
  /** Why the hardened path cannot be relied on here, in words. */
  reasons: string[];
}

/** The hardened path passes when it accepted exactly the right servers, by name, and nothing of a request reached another one. */
export function judge({ servers, randoms, breakdowns }: Examination): Judgement {
  const known = servers.filter(({ findings }) => findings.hardened.code !== NO_RESULT);
  const refusals = commonReason(known) ?? known.flatMap(({ wanted, findings }) => reasonsAgainst(wanted, findings.hardened));
  const leaks = servers.flatMap(({ wanted, findings }) => leakReasons(wanted, findings.hardened));
  const reasons = [...breakdowns, ...missingReason(servers), ...refusals, ...leaks];
  reasons.push(...randomReasons(randoms.hardened, reasons.length > 0));
  return { passed: reasons.length === 0, reasons };
}

function missingReason(servers: ServerFindings[]): string[] {
  const missing = servers.filter(({ findings }) => findings.hardened.code === NO_RESULT).map(({ wanted }) => wanted.title);
  return missing.length === 0 ? [] : [`The program did not come to: ${missing.join(", ")}.`];
}

/** One reason that is behind all the others. */
function commonReason(known: ServerFindings[]): string[] | undefined {
  const [first] = known;
  if (!first) return undefined;
  if (known.every(({ findings }) => findings.hardened.code === "E_TLS_LAYOUT")) {
    return [`The TLS state of this firmware is not recognised (E_TLS_LAYOUT: ${first.findings.hardened.message}), ` +
      "so no server can be verified and all were refused before anything was sent. 64-bit builds for Linux are of this kind: their memory is out of reach for peek and poke."];
  }
  if (known.every(({ findings }) => findings.hardened.code === "E_CONNECT" && findings.stock.code === "E_CONNECT")) {
    return ["The board reached none of the servers on this computer (E_CONNECT). Are both on the same network, is the address right, " +
      "and does this computer's firewall let connections to its ports in?"];
  }
  return undefined;
}

function reasonsAgainst(wanted: ServerCase, finding: Finding): string[] {
  return wanted.refusals.length === 0 ? whenToAccept(wanted, finding) : whenToRefuse(wanted, finding);
}

function whenToAccept({ title, host }: ServerCase, { accepted, code, message, serverName }: Finding): string[] {
  if (!accepted) return [`The right server was refused (${title}): ${describeRefusal(code, message)}.`];
  return serverName === host ? [] : [`The server was asked for by a wrong name (${title}): ${serverName ?? "none"} instead of ${host}.`];
}

function whenToRefuse({ title, refusals }: ServerCase, { accepted, code, message }: Finding): string[] {
  if (accepted) return [`A wrong server was accepted (${title}).`];
  if (refusals.includes(code ?? "")) return [];
  const reason = describeRefusal(code, message);
  return [`A wrong server was refused for another reason than its certificate (${title}), which proves nothing: ${reason}.`];
}

function describeRefusal(code = "", message = ""): string {
  return message ? `${code} (${message})` : code;
}

function leakReasons({ title, refusals }: ServerCase, { requestBytes }: Finding): string[] {
  return refusals.length === 0 || requestBytes === 0 ? [] : [`${requestBytes} bytes of a request reached a wrong server (${title}).`];
}

function randomReasons(comparison: string, hasReasons: boolean): string[] {
  if (comparison === "same") {
    return ["Two boots began with the same ClientHello random, although hardened: the keys of a connection can be guessed."];
  }
  if (comparison === "not seen" && !hasReasons) return ["After the second boot the hardened path did not reach the right server again."];
  return [];
}
