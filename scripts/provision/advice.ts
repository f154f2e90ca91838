import type { Mistake } from "./mistake.ts";
import type { HostSettings } from "./settings-schema.ts";

/** On this one AWS IoT speaks mutual TLS only with ALPN, which the firmware does not have, and answers 403. */
const AWS_PORT_WITHOUT_USE = 443;

/** docs/outbox.md: at one of 100 bytes a minute 100 years, at one a second less than two. */
const WEARING_INTERVAL_S = 5;

/** What is allowed in settings and seldom meant. */
export function adviceOn({ verify, aws, device, telemetry }: HostSettings): Mistake[] {
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
  if (telemetry?.intervalS !== undefined && telemetry.intervalS < WEARING_INTERVAL_S) {
    advice.push({ path: ["telemetry", "intervalS"], text: "a reading more often than every 5 seconds wears the flash of the outbox out in less than ten years" });
  }
  if (telemetry?.readings) {
    advice.push({ path: ["telemetry", "readings"], text: `the board stops after ${telemetry.readings} delivered readings; leave it out to go on for ever` });
  }
  return advice;
}
