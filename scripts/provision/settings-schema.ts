// The one place where this computer knows what a settings file looks like. modules/settings.ts is what the board makes of it.
import { isIPv4 } from "node:net";
import { z } from "zod";
import { kindOf, shown } from "./found.ts";

type Complaint = { error: (issue: { input?: unknown }) => string };

/** The message for a value that is wrong: what was expected, and the value itself. Not for secrets. */
function expected(what: string): Complaint {
  return { error: ({ input }) => `expected ${what}, found ${shown(input)}` };
}

/** The same, where the value must not be shown, or is no text or number. */
function expectedUnshown(what: string): Complaint {
  return { error: ({ input }) => `expected ${what}, found ${kindOf(input)}` };
}

function textThat(isRight: (text: string) => boolean, complaint: Complaint): z.ZodString {
  return z.string(complaint).refine(isRight, complaint);
}

function textLike(pattern: RegExp, what: string): z.ZodString {
  return textThat((text) => pattern.test(text), expected(what));
}

/** A text whose value is never shown, not even when it is wrong. */
function secretThat(isRight: (text: string) => boolean, what: string): z.ZodString {
  return textThat(isRight, expectedUnshown(what));
}

function listOf<Item extends z.ZodType>(item: Item, what: string): z.ZodArray<Item> {
  return z.array(item, expectedUnshown(what));
}

/** IEEE 802.11 9.4.2.2. */
const SSID_BYTES = 32;
/** Of one label and of a whole name, RFC 1035 2.3.4. */
const HOST_NAME = /^(?=.{1,253}$)([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9])?)(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$/i;
const LOWEST_PORT = 1;
const HIGHEST_PORT = 65_535;
/** Of readings: faster no board delivers, and slower ones sleep meanwhile (docs/deep-sleep.md). */
const SHORTEST_INTERVAL_S = 0.1;
const LONGEST_INTERVAL_S = 86_400;
/** ESP32 addresses have 32 bits. */
const ADDRESSES = 2 ** 32;

function isHost(text: string): boolean {
  return isIPv4(text) || (HOST_NAME.test(text) && !/^[\d.]+$/.test(text));
}

function isHostAndPort(text: string): boolean {
  const colon = text.lastIndexOf(":");
  const port = text.slice(colon + 1);
  return isHost(text.slice(0, colon)) && /^\d{1,5}$/.test(port) && Number(port) >= LOWEST_PORT && Number(port) <= HIGHEST_PORT;
}

/** WPA: 8 to 63 ASCII characters, or the key itself as 64 hexadecimal digits (IEEE 802.11 annex J.4). Empty: an open network. */
function isWifiPassword(text: string): boolean {
  return text === "" || /^[\x20-\x7e]{8,63}$/.test(text) || /^[\da-f]{64}$/i.test(text);
}

/** What parsePin of modules/tls/pins.ts takes. */
function isPin(text: string): boolean {
  return /^([\da-f]{40}|[\da-f]{64})$/i.test(text.replace(/[: ]/g, "")) || /^sha256\/\/?[A-Za-z\d+/]{43}=$/.test(text);
}

function isWebAddress(text: string): boolean {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  return url !== undefined && url.protocol === "https:" && isHost(url.hostname) && !text.includes("@") && !/[^\x21-\x7e]/.test(text);
}

function isRamRanges(ranges: number[]): boolean {
  const isAddress = (value: number): boolean => Number.isInteger(value) && value >= 0 && value <= ADDRESSES;
  const isPaired = ranges.length >= 2 && ranges.length % 2 === 0;
  return isPaired && ranges.every(isAddress) && ranges.every((value, index) => index % 2 === 0 || value > ranges[index - 1]!);
}

const hostName = expected("the name of a host, such as login.example.com, without https:// and path");
const host = (): z.ZodString => textThat(isHost, hostName);
const hostAndPort = (): z.ZodString => textThat(isHostAndPort, expected("host and port, such as login.example.com:443"));
const portNumber = (): z.ZodInt => z.int(expected("a port, from 1 to 65535")).min(LOWEST_PORT, expected("a port, from 1 to 65535"))
  .max(HIGHEST_PORT, expected("a port, from 1 to 65535"));
const pin = (): z.ZodString => textThat(isPin, expected("a fingerprint: SHA-256 or SHA-1 in hexadecimal, or sha256/ and Base64"));
const pinList = (): z.ZodArray<z.ZodString> => listOf(pin(), "a list of fingerprints");
const nonEmpty = (complaint: Complaint): z.ZodString => textThat((text) => text !== "", complaint);
const certificateFile = (): z.ZodString => nonEmpty(expected("a certificate file on this computer, such as certs/isrg-root-x1.pem"));
const byHostAndPort = <Value extends z.ZodType>(value: Value, what: string): z.ZodRecord<z.ZodString, Value> =>
  z.record(hostAndPort(), value, expectedUnshown(what));

function section<Shape extends z.core.$ZodShape>(shape: Shape): z.ZodObject<Shape, z.core.$strict> {
  return z.strictObject(shape, expectedUnshown(`a section { ... } with ${Object.keys(shape).join(", ")}`));
}

const wifi = section({
  ssid: textThat((text) => text !== "" && Buffer.byteLength(text) <= SSID_BYTES, expected("the network's name, 1 to 32 bytes")),
  password: secretThat(isWifiPassword, "the network's password, 8 to 63 ASCII characters, or none for an open network").optional(),
  telnet: z.boolean(expected("true or false")).optional(),
});
const clock = section({
  servers: listOf(host(), "a list of time servers").min(1, expectedUnshown("at least one time server, or leave it out")).optional(),
});
const httpsGet = section({
  url: textThat(isWebAddress, expected("an address that begins with https://, in ASCII and without user and password")).optional(),
  ca: certificateFile().optional(),
});
const github = section({
  owner: textLike(/^[A-Za-z\d-]{1,39}$/, "the owner of the repository, as in its address"),
  repo: textLike(/^[\w.-]{1,100}$/, "the repository's name, as in its address"),
  ref: textLike(/^[\x21-\x7e]{1,255}$/, "a branch, a tag or a commit"),
  pins: pinList().optional(),
  token: secretThat((text) => /^[\x21-\x7e]+$/.test(text), "a token, ASCII without blanks").optional(),
});
const oauth = section({
  host: textThat((text) => isHost(text) || isHostAndPort(text), hostName),
  path: textLike(/^\/[\x21-\x7e]*$/, "a path that begins with /").optional(),
  clientId: secretThat((text) => text !== "", "the id that the service gave this board"),
  clientSecret: secretThat((text) => text !== "", "the secret that the service gave this board"),
  audience: nonEmpty(expected("the API that the token is for")).optional(),
});
const aws = section({
  endpoint: textThat(isHost, expected("the endpoint's name, such as a1b2c3d4e5f6g7-ats.iot.us-east-1.amazonaws.com, without https://")),
  thing: textLike(/^[\w:-]{1,128}$/, "the thing's name: letters, digits, -, _ and :"),
  port: portNumber().optional(),
});
const telemetry = section({
  url: textThat(isWebAddress, expected("an address that begins with https://, in ASCII and without user and password")),
  intervalS: z.number(expected("seconds, from 0.1 to 86400")).min(SHORTEST_INTERVAL_S, expected("seconds, from 0.1 to 86400"))
    .max(LONGEST_INTERVAL_S, expected("seconds, from 0.1 to 86400")).optional(),
  readings: z.int(expected("how many readings to deliver, or 0 for no end")).min(0, expected("how many readings to deliver, or 0 for no end")).optional(),
  token: secretThat((text) => /^[\x21-\x7e]+$/.test(text), "a token, ASCII without blanks").optional(),
});
const device = section({
  certificate: nonEmpty(expected("the board's certificate, a file on this computer such as certs/device/certificate.pem.crt")),
  // Somebody may put the key itself here.
  key: secretThat((text) => text !== "" && !text.includes("-----"), "the name of the file on this computer that holds the private key"),
});

const SECTIONS = { wifi, clock, httpsGet, github, oauth, aws, telemetry, device };

/**
 * A settings file on this computer. It differs from the board's (modules/settings.ts) where it names certificates and keys: those
 * are files here, relative to the settings file, which `npm run provision` converts and writes into the board's Storage.
 * What is not listed is a section of somebody's own program.
 */
export const settingsSchema = z.object({
  wifi,
  clock: clock.optional(),
  verify: z.enum(["required", "none"], expected('"required" or "none"')).optional(),
  connectTo: byHostAndPort(hostAndPort(), 'an object of "host:port" to "address:port"').optional(),
  trustAnchors: byHostAndPort(certificateFile(), 'an object of "host:port" to a certificate file').optional(),
  pins: byHostAndPort(pinList().min(1, expectedUnshown("at least one fingerprint")), 'an object of "host:port" to a list of fingerprints')
    .optional(),
  ram: listOf(z.number(expected("an address as a decimal number")), "a list of addresses")
    .refine(isRamRanges, expectedUnshown("pairs of addresses, each start before its end")).optional(),
  httpsGet: httpsGet.optional(),
  github: github.optional(),
  oauth: oauth.optional(),
  aws: aws.optional(),
  telemetry: telemetry.optional(),
  device: device.optional(),
}, expectedUnshown("one object { ... } with sections")).catchall(z.looseObject({}, expectedUnshown("a section { ... } of your own program")));

/** What `npm run provision` is given. */
export type HostSettings = z.infer<typeof settingsSchema>;

/** The keys that this project knows, at the top level. */
export const TOP_LEVEL_KEYS: readonly string[] = Object.keys(settingsSchema.shape);

/** The keys of a section that this project knows; undefined for another one. */
export function keysOfSection(name: string): readonly string[] | undefined {
  return Object.hasOwn(SECTIONS, name) ? Object.keys(SECTIONS[name as keyof typeof SECTIONS].shape) : undefined;
}
