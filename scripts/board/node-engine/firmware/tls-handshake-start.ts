import { type HandshakeInput, readHandshake } from "../memory/tls-handshake.ts";
import type { TlsImage } from "../memory/tls-image.ts";
import type { HandshakeSettings, VerificationSettings } from "../network-host/messages.ts";
import type { Runtime } from "../runtime.ts";

/** Message to the board process with a TlsHandshake. */
export const TLS_HANDSHAKE = "tls.handshake";

/** What a handshake was started with, as found in the board's RAM. */
export interface TlsHandshake {
  /** The socket's number. */
  socket: number;
  /** Undefined when no name is sent. */
  sni: string | undefined;
  /** 0 none, 1 optional, 2 required. */
  authMode: number;
  /** As on the wire: "3.3" is TLS 1.2. */
  minVersion: string;
  /** The generator's counter and key, as software or hardware AES keeps it. Node's own generator is used instead. */
  seedHex: string;
  /** The generator is as the firmware seeded it: nobody gave it real randomness. */
  stockSeed: boolean;
}

const VERIFY_NONE = 0;
const VERIFY_REQUIRED = 2;
/** A version that no TLS library has: the handshake fails before it begins. */
const NO_VERSION = 255;

/** Takes from RAM what mbedTLS would, and has the board process do the handshake with it. @throws AccessFault */
export function startHandshake(runtime: Runtime, image: TlsImage, handle: number): void {
  const input = readHandshake(image);
  runtime.host.send(TLS_HANDSHAKE, describe(input, image.socket));
  runtime.host.send("tls.start", { handle, settings: settingsOf(input, image) });
}

function describe({ hostName, verification, minVersion, seed, isStockSeed }: HandshakeInput, socket: number): TlsHandshake {
  return {
    socket,
    sni: hostName,
    authMode: verification,
    minVersion: minVersion.join("."),
    seedHex: Buffer.from(seed).toString("hex"),
    stockSeed: isStockSeed,
  };
}

function settingsOf(input: HandshakeInput, image: TlsImage): HandshakeSettings {
  const settings: HandshakeSettings = {
    serverName: input.hostName ?? "",
    minMinorVersion: input.isStreamClient ? input.minVersion[1] : NO_VERSION,
    maxMinorVersion: input.maxVersion[1],
    offer: isLatest(image) ? "2.28" : "2.16",
    verification: verificationOf(input, image),
  };
  if (input.ownCertificate === undefined || image.key === undefined) return settings;
  return {
    ...settings,
    clientCertificate: pem(input.ownCertificate),
    clientKey: image.key.export({ type: "pkcs8", format: "pem" }).toString(),
  };
}

/** Boards with mbedTLS 2.28 have one curve more to offer than those before. The offer of 2.1.1 is that of no board with WiFi. */
function isLatest({ memory }: TlsImage): boolean {
  return memory.layout.name === "2.28.8" || memory.layout.name === "hardware-aes";
}

function verificationOf(input: HandshakeInput, { memory }: TlsImage): VerificationSettings | undefined {
  if (input.verification === VERIFY_NONE) return undefined;
  return {
    isRequired: input.verification === VERIFY_REQUIRED,
    hostName: input.hostName,
    trusted: input.trusted,
    checksExtendedKeyUsage: memory.layout.checksExtendedKeyUsage,
    sendsAlert: memory.layout.sendsVerifyAlert,
  };
}

/** Whatever the buffer holds: it is the server that finds out when it is no certificate. */
function pem(der: Uint8Array): string {
  const base64 = Buffer.from(der).toString("base64").replace(/.{64}(?=.)/g, "$&\n");
  return `-----BEGIN CERTIFICATE-----\n${base64}\n-----END CERTIFICATE-----\n`;
}
