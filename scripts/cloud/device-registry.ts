import { createHash, KeyObject } from "node:crypto";
import { createAuthority, issueCertificate, type IssuedCertificate } from "./certificate-authority.ts";

/** A device's certificate and key as AWS hands them out, PEM, and as the firmware takes them, DER. */
export interface DeviceIdentity {
  certPem: string;
  /** PKCS #1, "BEGIN RSA PRIVATE KEY". */
  keyPem: string;
  certDer: Buffer;
  keyDer: Buffer;
}

export interface DeviceRequest {
  /** What the policy of its certificate names. */
  things: readonly string[];
  /** Default true. AWS makes certificates inactive when asked to, and every one that is not activated at its making. */
  isActive?: boolean;
  /** False: from the right authority, but nobody has registered it. Default true. */
  isRegistered?: boolean;
}

interface Registration {
  isActive: boolean;
  things: readonly string[];
}

/** Made once per process, as the leaf keys are: what a certificate is good for is decided by the registry. */
let sharedAuthority: Promise<IssuedCertificate> | undefined;

/** The registry of device certificates of an AWS account. */
export class DeviceRegistry {
  /** That device certificates are from. */
  readonly authority: IssuedCertificate;
  private readonly registrations = new Map<string, Registration>();

  private constructor(authority: IssuedCertificate) {
    this.authority = authority;
  }

  static async create(): Promise<DeviceRegistry> {
    return new DeviceRegistry(await (sharedAuthority ??= createAuthority("espruino-https local device CA (throw-away)")));
  }

  /** Makes a device's certificate with an RSA key of its own, and registers it. */
  async issue({ things, isActive = true, isRegistered = true }: DeviceRequest): Promise<DeviceIdentity> {
    const request = { commonName: "AWS IoT Certificate", usage: "client", ownKey: true } as const;
    const issued = await issueCertificate(this.authority, request);
    if (isRegistered) this.registrations.set(fingerprint(issued.der), { isActive, things });
    const key = KeyObject.from(issued.keys.privateKey);
    return {
      certPem: issued.pem,
      keyPem: key.export({ type: "pkcs1", format: "pem" }).toString(),
      certDer: issued.der,
      keyDer: key.export({ type: "pkcs1", format: "der" }),
    };
  }

  /** Whether a device may connect with this certificate (DER). */
  accepts(der: Buffer): boolean {
    return this.registrations.get(fingerprint(der))?.isActive ?? false;
  }

  /** Whether the policy of this certificate (DER) names the thing. */
  allows(der: Buffer, thing: string): boolean {
    return this.registrations.get(fingerprint(der))?.things.includes(thing) ?? false;
  }
}

function fingerprint(der: Buffer): string {
  return createHash("sha256").update(der).digest("hex");
}
