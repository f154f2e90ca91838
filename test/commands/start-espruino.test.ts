import { describeStart } from "./start-on-engine.ts";

describeStart("espruino", process.env.ESPRUINO_BIN ? false : "ESPRUINO_BIN is not set");
