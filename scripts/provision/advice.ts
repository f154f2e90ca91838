import type { Mistake } from "./mistake.ts";
import type { HostSettings } from "./settings-schema.ts";

/** On this one AWS IoT speaks mutual TLS only with ALPN, which the firmware does not have, and answers 403. */
const AWS_PORT_WITHOUT_USE = 443;

/** What is allowed in settings and seldom meant. */
export function adviceOn({ verify, aws, device }: HostSettings): Mistake[] {
  const advice: Mistake[] = [];
  if (verify === "none") advice.push({ path: ["verify"], text: "servers are NOT verified: anyone on the way can read and change everything" });
  if (aws?.port === AWS_PORT_WITHOUT_USE) {
    advice.push({ path: ["aws", "port"], text: "AWS IoT answers 403 to the board on 443; leave port out (8443)" });
  }
  if (aws && /\.amazonaws\.com$/.test(aws.endpoint) && !aws.endpoint.includes("-ats.")) {
    const text = "this is an endpoint of the old kind, whose root the program does not embed; use the one with -ats in its name";
    advice.push({ path: ["aws", "endpoint"], text });
  }
  if (aws && !device) {
    advice.push({ path: ["aws"], text: "there is no section device: the board keeps the certificate and key it has, if it has any" });
  }
  return advice;
}
