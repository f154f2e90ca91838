import { refuse, makeError } from "../errors";
export function check(der: string, host: string): any { refuse(der, host); return makeError(der, host, der); }
