// The parts of the TLS guard, for tests that run them on the memory of a board.
import type { Settings } from "../../../modules/settings";
import { planGuard } from "../../../modules/tls/guard";
import type { Guard } from "../../../modules/tls/guard";
export { checkPeer, harden } from "../../../modules/tls/guard";
export { findLayout } from "../../../modules/tls/layout";
export { peerCertificate } from "../../../modules/tls/peer";

/** One by one, because the minifier shortens the names of private members. */
export function plan(host: string, hasCa: boolean, isSpareCert: boolean, pins: string[], minTls: string | undefined, settings: Settings): Guard {
  return planGuard({ host, hasCa, isSpareCert, pins, minTls, settings });
}
