// The parts of the TLS guard, for tests that run them on the memory of a board.
import { guardFor } from "../../../modules/verification";
import type { RequestOptions } from "../../../modules/request-options";
import type { Guard } from "../../../modules/tls/guard";
export { checkPeer, harden } from "../../../modules/tls/guard";
export { findLayout } from "../../../modules/tls/layout";
export { peerCertificate } from "../../../modules/tls/peer";

/** The guard for a request to a host that the settings do not map. */
export function plan(options: RequestOptions, host: string): Guard | undefined {
  return guardFor(options, host, { host, port: 443, ca: undefined, pins: undefined });
}
