// Preloaded into the CLI: notes every attempt to leave this computer, by name or by address, and every web request.
const fs = require("node:fs");
const note = (what) => fs.appendFileSync(process.env.NETWORK_GUARD_LOG, `${what}\n`);
for (const scheme of ["http", "https"]) {
  const module = require(`node:${scheme}`);
  for (const name of ["request", "get"]) {
    const original = module[name];
    module[name] = function (...args) {
      note(`${scheme}.${name}`);
      return original.apply(this, args);
    };
  }
}
const dns = require("node:dns");
const lookup = dns.lookup;
dns.lookup = function (host, ...rest) {
  if (host !== "127.0.0.1") note(`dns.lookup ${host}`);
  return lookup.call(this, host, ...rest);
};
