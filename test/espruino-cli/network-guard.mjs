// Preloaded into the CLI: notes every attempt to leave this computer by name, and every web request.
import dns from "node:dns";
import { appendFileSync } from "node:fs";
import http from "node:http";
import https from "node:https";

function note(what) {
  appendFileSync(process.env.NETWORK_GUARD_LOG, `${what}\n`);
}

function watch(module, name, describe) {
  const original = module[name];
  module[name] = function (...args) {
    const what = describe(args[0]);
    if (what) note(what);
    return original.apply(this, args);
  };
}

for (const [scheme, module] of Object.entries({ http, https })) {
  for (const name of ["request", "get"]) watch(module, name, () => `${scheme}.${name}`);
}
watch(dns, "lookup", (host) => (host === "127.0.0.1" ? undefined : `dns.lookup ${host}`));
