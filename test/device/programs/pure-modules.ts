// The modules that need no firmware, for tests on the computer itself.
export { stringify } from "../../../modules/json";
export { DEADLINES, withDefaults } from "../../../modules/limits";
export { createOutgoing, nextPiece } from "../../../modules/outgoing";
export { originOf, outgoingOf } from "../../../modules/request-options";
export { routeTo } from "../../../modules/route";
export { readSettings } from "../../../modules/settings";
export { toBytes } from "../../../modules/text";
export { endTurn, takeTurn } from "../../../modules/turns";
export { parseUrl } from "../../../modules/url";
