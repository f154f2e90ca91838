// Gets a page twice: over a bare TLS socket, with a request made by hand, and through the client, which prints it as it streams in.
// Settings, for another page than https://example.com/: httpsGet = { url, ca (a DER file in Storage) }.
import exampleCa from "../certs/ssl-com-tls-ecc-root-2022.pem";
import { request } from "../modules/client";
import type { Response } from "../modules/client";
import { createConsoleLines, endLines, printBytes } from "../modules/console-lines";
import { derFile } from "../modules/device-identity";
import { makeError } from "../modules/errors";
import type { BoardError } from "../modules/errors";
import { goOnline } from "../modules/online";
import { done, failed, reportTls } from "../modules/outcome";
import type { Settings } from "../modules/settings";
import type { ClosedHow } from "../modules/socket";
import { openStream } from "../modules/stream";
import { parseUrl } from "../modules/url";

const STATUS_LINE_BYTES = 80;
// At the speed of a console, 2 MB take three minutes.
const PAGE_MS = 600000;

function getByClient(url: string, ca: DerSource, settings: Settings): void {
  const lines = createConsoleLines("| ");
  const onData = printBytes.bind(undefined, lines);
  request({ url, ca, settings, httpVersion: "1.1", deadlines: { totalMs: PAGE_MS }, onData }, (error: BoardError | undefined, response?: Response) => {
    endLines(lines);
    if (!response) return failed(error!);
    console.log("Client: " + response.statusCode + " " + response.statusMessage + ", " + response.bodyBytes + " bytes of body");
    if (response.statusCode !== 200) return failed(makeError("E_STATUS", "response", "" + response.statusCode));
    reportTls(response.tls!);
    done();
  });
}

function getBySocket(url: string, ca: DerSource, settings: Settings): void {
  const { host, port, path } = parseUrl(url);
  const authority = port === 443 ? host : host + ":" + port;
  const message = "GET " + path + " HTTP/1.0\r\nHost: " + authority + "\r\nUser-Agent: espruino-https\r\nConnection: close\r\n\r\n";
  let start = "";
  let byteCount = 0;
  openStream({ host, port, ca, settings }, {
    onOpen: (stream) => stream.write(message),
    onBytes: (bytes: string) => {
      if (start.length < STATUS_LINE_BYTES) start += bytes.substr(0, STATUS_LINE_BYTES);
      byteCount += bytes.length;
    },
    onClosed: (how: ClosedHow, error: BoardError | undefined) => {
      if (error) return failed(error);
      console.log("Socket: " + start.split("\r\n")[0] + ", " + byteCount + " bytes, closed: " + how);
      getByClient(url, ca, settings);
    },
  });
}

goOnline((error: BoardError | undefined, settings?: Settings) => {
  if (error) return failed(error);
  const wanted = settings!["httpsGet"] || {};
  try {
    getBySocket(wanted.url || "https://example.com/", wanted.ca ? derFile(wanted.ca) : exampleCa, settings!);
  } catch (refusal: any) {
    failed(refusal);
  }
});
