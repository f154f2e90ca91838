// The modules that need no firmware, for tests on the computer itself.
export { basic, bearer } from "../../../modules/authorization";
export { breakerState, createBreaker, enterBreaker, refusedForMs, tellBreaker } from "../../../modules/breaker";
export { createConsoleLines, endLines, printBytes } from "../../../modules/console-lines";
export { encodeForm, encodeQuery, percentEncode } from "../../../modules/form";
export { parseObject } from "../../../modules/json-object";
export { stringify } from "../../../modules/json";
export { DEADLINES, withDefaults } from "../../../modules/limits";
export { createOutgoing, nextPiece } from "../../../modules/outgoing";
export { isTransient, mayRepeat } from "../../../modules/repeatable";
export { originOf, outgoingOf } from "../../../modules/request-options";
export { readRetryAfter } from "../../../modules/retry-after";
export { routeTo } from "../../../modules/route";
export { readSettings } from "../../../modules/settings";
export { toBytes } from "../../../modules/text";
export { endTurn, takeTurn } from "../../../modules/turns";
export { parseUrl } from "../../../modules/url";
export { formatUrl, resolveReference } from "../../../modules/url-reference";
