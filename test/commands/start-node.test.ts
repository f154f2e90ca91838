import { describeStart } from "./start-on-engine.ts";

describeStart("node", true, false);
