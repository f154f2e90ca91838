// Asks howsmyssl.com what it thinks of this board's TLS, with the root of its certificate embedded.
import ca from "../certs/isrg-root-x1.pem";
import { request } from "../modules/client";
import type { Response } from "../modules/client";
import { makeError } from "../modules/errors";
import type { BoardError } from "../modules/errors";
import { parseObject } from "../modules/json-object";
import { goOnline } from "../modules/online";
import { done, failed, reportTls } from "../modules/outcome";
import type { Settings } from "../modules/settings";

function report(error: BoardError | undefined, response?: Response): void {
  if (!response) return failed(error!);
  if (response.statusCode !== 200) return failed(makeError("E_STATUS", "response", "" + response.statusCode));
  reportTls(response.tls!);
  const verdict = parseObject(response.body);
  const ciphers = verdict.given_cipher_suites || [];
  console.log("TLS version: " + verdict.tls_version);
  console.log("Best cipher: " + ciphers[0] + " of " + ciphers.length);
  console.log("Rating: " + verdict.rating);
  done();
}

goOnline((error: BoardError | undefined, settings?: Settings) => {
  if (error) failed(error);
  else request({ url: "https://www.howsmyssl.com/a/check", ca, settings }, report);
});
