// Whom a TLS connection is to trust, and that this is said aloud when it is nobody in particular.
import { refuse } from "./errors";
import type { Route } from "./route";
import type { Settings } from "./settings";
import { planGuard } from "./tls/guard";
import type { Guard } from "./tls/guard";

export interface TlsOptions {
  /** Trust anchor, and for mutual TLS certificate and key: DER, or a function that returns it. */
  ca?: DerSource;
  cert?: DerSource;
  key?: DerSource;
  /** SHA-256 or SHA-1 of the server's certificate, or SHA-256 of its public key: in addition to a CA, or instead. */
  pins?: string[];
  /** "1.2" (default), "1.1" or "1.0". */
  minTls?: string;
  /** "required" (default) or "none"; the settings' own `verify` counts where this is not given. */
  verify?: string;
  settings?: Settings | undefined;
}

/**
 * What a TLS connection demands of the server it meets by `route`; undefined when the program or its settings say that it need not
 * be verified, which is logged each time, and so is that pins are not checked then. Raises E_OPTION and what planGuard raises.
 */
export function guardFor(options: TlsOptions, host: string, route: Route): Guard | undefined {
  const settings = options.settings || {};
  const verify = options.verify || settings.verify || "required";
  const pinTexts = route.pins || options.pins || [];
  if (verify === "required") {
    return planGuard({
      host,
      hasCa: !!(route.ca || options.ca),
      isSpareCert: !!options.cert && !options.key,
      isMutual: !!options.key,
      pinTexts,
      lowestTls: options.minTls,
      told: settings,
    });
  }
  if (verify !== "none") refuse("verify", verify);
  console.log("WARNING: " + host + " is not verified (verify: none)" + (pinTexts.length > 0 ? ", pins not checked" : ""));
}
