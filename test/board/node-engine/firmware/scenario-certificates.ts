import { KeyObject } from "node:crypto";
import { selfSignedCertificate } from "../../../../scripts/cloud/certificate-authority.ts";

/** A key pair with its certificate, in the forms servers and programs take. */
export interface Identity {
  certPem: string;
  keyPem: string;
  certDer: Buffer;
  keyDer: Buffer;
}

/** Makes a self-signed RSA certificate: the one kind that an ESP32 and the Linux build both take. */
export async function createIdentity(name: string): Promise<Identity> {
  const { pem, keyPem, der, keys } = await selfSignedCertificate({ names: [name] });
  const keyDer = KeyObject.from(keys.privateKey).export({ type: "pkcs8", format: "der" });
  return { certPem: pem, keyPem, certDer: der, keyDer };
}
