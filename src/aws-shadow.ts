// Writes the state of this board into the shadow of its thing at AWS IoT, and reads back what it should be and what differs.
// Settings: aws = { endpoint, thing, port? }; certificate and key of the board: modules/device-identity.ts.
import ca from "../certs/amazon-root-ca-1.pem";
import { createShadow } from "../modules/aws-shadow";
import type { Shadow, ShadowDocument } from "../modules/aws-shadow";
import type { Response } from "../modules/client";
import { deviceIdentity } from "../modules/device-identity";
import type { BoardError } from "../modules/errors";
import { stringify } from "../modules/json";
import { goOnline } from "../modules/online";
import { done, failed, reportTls } from "../modules/outcome";
import { settingsOf } from "../modules/settings";
import type { Settings } from "../modules/settings";

function show(error: BoardError | undefined, document?: ShadowDocument): void {
  if (!document) return failed(error!);
  const state = document.state;
  console.log("Desired:  " + stringify(state.desired || {}));
  console.log("Reported: " + stringify(state.reported || {}));
  console.log("Delta:    " + stringify(state.delta || {}) + ", version " + document.version);
  done();
}

function onUpdated(shadow: Shadow, error: BoardError | undefined, document?: ShadowDocument, response?: Response): void {
  if (!document) return failed(error!);
  reportTls(response!.tls!);
  console.log("Updated:  version " + document.version);
  shadow.get(show);
}

function start(settings: Settings): void {
  const aws = settingsOf(settings, "aws", ["endpoint", "thing"]);
  const { cert, key } = deviceIdentity(settings);
  const shadow = createShadow({ endpoint: aws.endpoint, thing: aws.thing, port: aws.port, ca, cert, key, settings });
  shadow.update({ desired: { led: "on" }, reported: { led: "off", firmware: process.version } }, onUpdated.bind(undefined, shadow));
}

goOnline((error: BoardError | undefined, settings?: Settings) => {
  if (error) return failed(error);
  try {
    start(settings!);
  } catch (reason: any) {
    failed(reason);
  }
});
