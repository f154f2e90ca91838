import { alertName, curveName, protocolName } from "./names.ts";
import { visit, type Visit, type VisitOptions } from "./visit.ts";

/** Why a server and a board find nothing in common. */
export interface Diagnosis {
  text: string;
  advice: string[];
}

const SUITES = {
  "TLSv1.2": "ALL:@SECLEVEL=0",
  "TLSv1.3": "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256",
};

/**
 * Asks a server that refused a board's offer what it would have taken: TLS 1.2 with all that this computer
 * knows, and TLS 1.3.
 * @param refused the visit that it refused
 * @param options how that visit was made
 */
export async function diagnose(refused: Visit, options: VisitOptions): Promise<Diagnosis> {
  const tries = await Promise.all((["TLSv1.2", "TLSv1.3"] as const).map((version) => visit({ ...options, tls: everything(version) })));
  const [old, young] = tries as [Visit, Visit];
  if (old.end === "secure") return nothingInCommon(old);
  if (young.end === "secure") {
    return {
      text: "The server speaks TLS 1.3 only, and no Espruino firmware has that: the board goes up to TLS 1.2.",
      advice: ["Ask whoever runs the server to allow TLS 1.2 as well, or put a proxy of your own between."],
    };
  }
  const needsCertificate = [old, young].some(({ wantsCertificate, alert }) => wantsCertificate || alert === 116);
  return {
    text: `The server ended the handshake with ${alertName(refused.alert)}; it does so too when it is offered everything this computer knows.` +
      (needsCertificate ? " It wants a client certificate." : ""),
    advice: ["Is the host's name right? The server may know no such name."],
  };
}

function everything(version: keyof typeof SUITES): VisitOptions["tls"] {
  return { minVersion: version, maxVersion: version, ciphers: SUITES[version] };
}

function nothingInCommon({ protocol, suite, curve }: Visit): Diagnosis {
  const what = [suite, curveName(curve)].filter(Boolean).join(" with ");
  return {
    text: `The server and the board have no cipher suite, curve or signature in common. From a computer the server takes ${what} (${protocolName(protocol)}).`,
    advice: ["Ask whoever runs the server to allow ECDHE with AES-GCM and the curve P-256 (or P-384), signed by RSA PKCS #1 or ECDSA with SHA-256."],
  };
}
