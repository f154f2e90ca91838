// The parts of the TLS guard, for tests that run them on the memory of a board.
export { checkPeer, harden, planGuard } from "../../../modules/tls/guard";
export { findLayout } from "../../../modules/tls/layout";
export { peerCertificate } from "../../../modules/tls/peer";
