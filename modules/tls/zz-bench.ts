export { readCertificate, matchesHost, listNames } from "./certificate";
export { fingerprint, matchesPin, parsePin } from "./pins";
export { enter, openDer, seek } from "./der";
