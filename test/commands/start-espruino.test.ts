import { REACHES_RAM, SKIP_WITHOUT_INTERPRETER } from "../tls/real-interpreter.ts";
import { describeStart } from "./start-on-engine.ts";

describeStart("espruino", REACHES_RAM, SKIP_WITHOUT_INTERPRETER);
