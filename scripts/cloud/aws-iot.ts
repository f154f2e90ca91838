import { randomUUID } from "node:crypto";
import type { Answer } from "./answer.ts";
import type { IssuedCertificate } from "./certificate-authority.ts";
import { DeviceRegistry, type DeviceIdentity } from "./device-registry.ts";
import { DeviceShadow, ShadowError } from "./device-shadow.ts";
import { checkHost, contentLength, optionalLength, RequestError, type RequestHead } from "./request-head.ts";
import { startStrictServer, type ServiceOptions, type StrictServer, type WholeRequest } from "./strict-server.ts";

/** An endpoint as an account gets it. */
export const AWS_HOST = "a1b2c3d4e5f6g7-ats.iot.us-east-1.amazonaws.com";

export interface AwsIotOptions extends ServiceOptions {
  /** The one thing that the device's policy names. */
  thing?: string;
  /** Is the device's certificate active? Default true. */
  isActive?: boolean;
  /** How long a connection waits for its next request. */
  keepAliveMs?: number;
}

export interface AwsIot {
  /** Port 8443: device shadows over HTTPS with a client certificate. */
  mutual: StrictServer;
  /** Port 443: where a client certificate counts for nothing without ALPN. */
  plain: StrictServer;
  thing: string;
  device: DeviceIdentity;
  /** For tests: more devices. */
  registry: DeviceRegistry;
  /** Stops both servers. */
  stop(): Promise<void>;
}

const THING = "lnu_001";
/** Longer than any deadline of a board: who waits for the end of the connection waits in vain. */
const KEEP_ALIVE_MS = 120_000;
/** Head and body come apart. So short that no test is slower for it, and long enough to be two arrivals on one computer. */
const BODY_DELAY_MS = 20;
/** A body that says it is longer is not read: the service's own limit is far below, and counts what is in it. */
const BODY_LIMIT_BYTES = 128 * 1024;
const SHADOW_PATH = /^\/things\/([a-zA-Z0-9:_-]{1,128})\/shadow$/;

/** As the service names what happened, in the header x-amzn-ErrorType. */
const ERROR_TYPES: Record<number, string> = {
  400: "InvalidRequestException",
  403: "ForbiddenException",
  404: "ResourceNotFoundException",
  405: "MethodNotAllowedException",
  409: "ConflictException",
  413: "RequestEntityTooLargeException",
  415: "UnsupportedDocumentEncodingException",
  500: "InternalFailureException",
};

/**
 * Starts a stand-in for an account's AWS IoT endpoint, two ports of it.
 *
 * 8443 serves the REST API of classic device shadows: POST, GET and DELETE of `/things/NAME/shadow`. It demands a client
 * certificate that is registered and active; without one, or with another, the handshake ends with an alert, as AWS says
 * of an inactive one too. 403 for a thing that the certificate's policy does not name, 404 for one without a shadow and
 * for other paths, 405 for other methods, 411, and what {@link DeviceShadow} raises. Connections stay open.
 *
 * 443 answers every request with 403: no signature is in it.
 *
 * @param issued server certificate of AWS_HOST; device keys are made while it is being waited for
 */
export async function startAwsIot(
  issued: IssuedCertificate | Promise<IssuedCertificate>,
  options: AwsIotOptions = {},
): Promise<AwsIot> {
  const { thing = THING, isActive = true } = options;
  const [shown, { registry, device }] = await Promise.all([issued, firstDevice(thing, isActive)]);
  const [mutual, plain] = await Promise.all([startMutual(shown, registry, options), startPlain(shown, options)]);
  const stop = async (): Promise<void> => void (await Promise.all([mutual.stop(), plain.stop()]));
  return { mutual, plain, thing, device, registry, stop };
}

async function firstDevice(thing: string, isActive: boolean): Promise<Pick<AwsIot, "registry" | "device">> {
  const registry = await DeviceRegistry.create();
  return { registry, device: await registry.issue({ things: [thing], isActive }) };
}

function startMutual(issued: IssuedCertificate, registry: DeviceRegistry, options: AwsIotOptions): Promise<StrictServer> {
  const shadows = new Map<string, DeviceShadow>();
  return startStrictServer({
    name: "aws 8443",
    issued,
    clientCertificates: { authorityPem: registry.authority.pem, accepts: (der) => registry.accepts(der) },
    checkHead: checkShadowHead,
    answer: (request) => answer(200, useShadow(request, registry, shadows)),
    refuse,
    keepAliveMs: options.keepAliveMs ?? KEEP_ALIVE_MS,
    silent: options.silent,
    log: options.log,
  });
}

function startPlain(issued: IssuedCertificate, options: AwsIotOptions): Promise<StrictServer> {
  return startStrictServer({
    name: "aws 443",
    issued,
    checkHead: (head) => {
      checkHost(head, AWS_HOST);
      return limited(optionalLength(head));
    },
    answer: () => {
      throw new RequestError(403, "Missing Authentication Token");
    },
    refuse,
    keepAliveMs: options.keepAliveMs ?? KEEP_ALIVE_MS,
    silent: options.silent,
    log: options.log,
  });
}

function checkShadowHead(head: RequestHead): number {
  checkHost(head, AWS_HOST, 8_443);
  const hasPayload = head.method === "POST" || head.method === "PUT";
  return limited(hasPayload ? contentLength(head) : optionalLength(head));
}

function limited(length: number): number {
  if (length > BODY_LIMIT_BYTES) throw new ShadowError(413, "The payload exceeds the maximum size allowed");
  return length;
}

function useShadow(request: WholeRequest, registry: DeviceRegistry, shadows: Map<string, DeviceShadow>): object {
  const { head, body, clientCertificate } = request;
  const [, thing] = SHADOW_PATH.exec(head.target) ?? [];
  if (thing === undefined) throw new RequestError(404, "Not Found");
  if (!clientCertificate || !registry.allows(clientCertificate, thing)) throw new RequestError(403, "Forbidden");
  const shadow = shadows.get(thing) ?? new DeviceShadow(thing);
  shadows.set(thing, shadow);
  const nowS = Math.floor(Date.now() / 1_000);
  if (head.method === "POST") return shadow.update(body, nowS);
  if (head.method === "GET") return shadow.get(nowS);
  if (head.method === "DELETE") return shadow.delete(nowS);
  throw new RequestError(405, "Method Not Allowed");
}

/** The shadow service's refusals carry their code, those of the gateway before it an id to complain with. */
function refuse(error: RequestError): Answer {
  const { status, message } = error;
  const traceId = randomUUID();
  return answer(status, error instanceof ShadowError ? { code: status, message } : { message, traceId }, traceId);
}

function answer(status: number, document: object, requestId: string = randomUUID()): Answer {
  const body = Buffer.from(JSON.stringify(document));
  const headers = {
    "content-type": "application/json",
    "content-length": String(body.length),
    date: new Date().toUTCString(),
    "x-amzn-RequestId": requestId,
    connection: "keep-alive",
    ...(status >= 400 && ERROR_TYPES[status] && { "x-amzn-ErrorType": `${ERROR_TYPES[status]}:` }),
  };
  return { status, headers, body, bodyDelayMs: BODY_DELAY_MS };
}
