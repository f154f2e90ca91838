import assert from "node:assert/strict";
import { test } from "node:test";
import type { Cloud } from "../../scripts/cloud/cloud.ts";
import { OAUTH_HOST } from "../../scripts/cloud/oauth-token.ts";
import { describeServerNames } from "../../scripts/start/server-names.ts";

type Names = (string | undefined)[];

/** A cloud in which the token service alone was asked for. */
function cloudWith({ served = [], refused = [] }: { served?: Names; refused?: Names }): Cloud {
  const unmet = { requests: [], hellos: [], refusedNames: [] };
  const oauth = { requests: served.map((serverName) => ({ serverName })), refusedNames: refused };
  const services = { howsmyssl: unmet, example: unmet, github: unmet, oauth, aws: { plain: unmet, mutual: unmet }, telemetry: unmet };
  return { services } as unknown as Cloud;
}

const START = `The server ${OAUTH_HOST} was asked for by the name`;
const UNVERIFIED = "not right, as stock firmware leaves it";
const WRONG = "WRONG: a server that goes by this name would have answered with an alert";
const cases: [what: string, cloud: Cloud, isInsecure: boolean, lines: string[]][] = [
  ["nobody", cloudWith({}), false, []],
  ["the right name", cloudWith({ served: [undefined, OAUTH_HOST] }), false, [`${START} ${OAUTH_HOST} (SNI): right`]],
  ["a wrong name", cloudWith({ served: ["x"] }), false, [`${START} x (SNI): ${WRONG}`]],
  ["no name, without verification", cloudWith({ served: [undefined] }), true, [`${START} (none sent) (SNI): ${UNVERIFIED}`]],
  ["a name that was refused", cloudWith({ refused: ["y", undefined] }), true, [`${START} (none sent) (SNI): refused with an alert`]],
];
for (const [what, cloud, isInsecure, lines] of cases) {
  test(`${what}: ${lines.length} lines`, () => assert.deepEqual(describeServerNames(cloud, isInsecure), lines));
}
