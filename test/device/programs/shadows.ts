// A part of the program "services": uses shadows of things, and reads the board's own certificate and key.
import { createShadow } from "../../../modules/aws-shadow";
import type { Shadow, ShadowDocument } from "../../../modules/aws-shadow";
import type { Response } from "../../../modules/client";
import { deviceIdentity } from "../../../modules/device-identity";
import type { BoardError } from "../../../modules/errors";
import { answer, offer } from "./answer";

let shadow: Shadow;
let isInCall = false;

// JsVars in use while the document is there.
function onDocument(error: BoardError | undefined, document?: ShadowDocument, response?: Response): void {
  const usedBlocks = process.memory().usage;
  const isAtOnce = isInCall;
  setTimeout(() => answer({ error, document, verified: response && response.tls && response.tls.verified, isAtOnce, usedBlocks }), 0);
}

function fails(run: () => void): any {
  try {
    run();
  } catch (error) {
    return error;
  }
}

// With a certificate and key in Storage, unless the question has other ideas of it.
offer("openShadow", (question: any) => {
  const options: any = question.options;
  answer({
    error: fails(() => {
      if (question.hasIdentity) Object.assign(options, deviceIdentity(options.settings));
      if (question.caFile) options.ca = () => require("Storage").read(question.caFile)!;
      shadow = createShadow(options);
    }),
  });
});

offer("identify", (settings: any) => {
  let identity: any;
  const error = fails(() => {
    identity = deviceIdentity(settings);
  });
  answer({ error, cert: identity && btoa(identity.cert()), key: identity && btoa(identity.key()) });
});

offer("update", (state: any) => {
  if (state.desired && state.desired.isCut) state.desired.name += "\xc3";
  isInCall = true;
  shadow.update(state, onDocument);
  isInCall = false;
});

offer("read", () => {
  isInCall = true;
  shadow.get(onDocument);
  isInCall = false;
});

offer("readShort", () => shadow.get((error: BoardError | undefined, document?: ShadowDocument) => {
  const values = document && Object.keys(document.state.desired).length;
  const usedBlocks = process.memory().usage;
  setTimeout(() => answer({ error, values, usedBlocks }), 0);
}));
