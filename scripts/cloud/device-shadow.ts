import { isDeepStrictEqual } from "node:util";
import { RequestError } from "./request-head.ts";

type JsonValue = null | boolean | number | string | JsonValue[] | JsonObject;
interface JsonObject {
  [name: string]: JsonValue;
}

/** The two halves of a shadow. */
type Section = "desired" | "reported";
const SECTIONS: readonly Section[] = ["desired", "reported"];

interface ShadowUpdate {
  state: Partial<Record<Section, JsonObject | null>>;
  version?: number;
  clientToken?: string;
}

/** Of a request, and of the state it leads to. */
const SIZE_LIMIT_BYTES = 8 * 1024;
const NESTING_LIMIT = 6;
const CLIENT_TOKEN_LIMIT_BYTES = 64;

/** A refusal in the shadow service's own words: AWS documents the status and the text of each. */
export class ShadowError extends RequestError {
  override name = "ShadowError";
}

/**
 * The classic shadow of one thing (AWS IoT developer guide, "Device Shadow service documents"): what is desired, what
 * was reported, how they differ, and when each value was written.
 */
export class DeviceShadow {
  private readonly thing: string;
  private exists = false;
  private version = 0;
  private state: Record<Section, JsonObject> = { desired: {}, reported: {} };
  private metadata: Record<Section, JsonObject> = { desired: {}, reported: {} };

  constructor(thing: string) {
    this.thing = thing;
  }

  /**
   * Merges a request's state into the shadow; null deletes a value, or a whole section.
   *
   * @param body request document, JSON
   * @param nowS seconds since 1970
   * @returns the response document: what was sent, and its metadata
   * @throws ShadowError 400, 409 for another version than the shadow's, 413, 415
   */
  update(body: Buffer, nowS: number): object {
    const update = parseUpdate(body);
    const { version, clientToken } = update;
    if (version !== undefined && version !== this.version) throw new ShadowError(409, "Version conflict");
    const state = mapSections((section) => merge(this.state[section], update.state[section]));
    checkSize(Buffer.byteLength(JSON.stringify(state)));
    this.metadata = mapSections((section) => stamp(this.metadata[section], this.state[section], update.state[section], nowS));
    this.state = state;
    this.exists = true;
    this.version++;
    const metadata = mapObject(update.state as JsonObject, (patch) => stamp({}, {}, patch as JsonObject, nowS));
    return {
      state: update.state,
      metadata,
      version: this.version,
      timestamp: nowS,
      ...(clientToken !== undefined && { clientToken }),
    };
  }

  /**
   * Gives the whole shadow; sections and a delta with nothing in them are left out.
   *
   * @throws ShadowError 404 for one that was never written, or is deleted
   */
  get(nowS: number): object {
    this.demandExistence();
    const { desired, reported } = this.state;
    const sections = { desired, reported, delta: delta(desired, reported) };
    return {
      state: withoutEmpty(sections),
      metadata: withoutEmpty(this.metadata),
      version: this.version,
      timestamp: nowS,
    };
  }

  /**
   * Deletes the shadow. Its version is kept, and counted on from if it is written again.
   *
   * @throws ShadowError as {@link get}
   */
  delete(nowS: number): object {
    this.demandExistence();
    this.exists = false;
    this.state = { desired: {}, reported: {} };
    this.metadata = { desired: {}, reported: {} };
    return { version: this.version, timestamp: nowS };
  }

  private demandExistence(): void {
    if (!this.exists) throw new ShadowError(404, `No shadow exists with name: '${this.thing}'`);
  }
}

function parseUpdate(body: Buffer): ShadowUpdate {
  checkSize(body.length);
  const update = parseJson(body);
  if (!isObject(update)) throw new ShadowError(400, "Invalid JSON");
  const { state, version, clientToken } = update;
  if (state === undefined) throw new ShadowError(400, "Missing required node: state");
  if (!isObject(state)) throw new ShadowError(400, "State node must be an object");
  checkState(state);
  if (version !== undefined && !Number.isSafeInteger(version)) throw new ShadowError(400, "Invalid version");
  if (clientToken !== undefined) checkClientToken(clientToken);
  return update as unknown as ShadowUpdate;
}

function parseJson(body: Buffer): JsonValue {
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(body);
  } catch {
    throw new ShadowError(415, "Unsupported documented encoding; supported encoding is UTF-8");
  }
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    throw new ShadowError(400, "Invalid JSON");
  }
}

function checkState(state: JsonObject): void {
  for (const [name, section] of Object.entries(state)) {
    if (!SECTIONS.includes(name as Section)) throw new ShadowError(400, `State contains an invalid node: '${name}'`);
    if (section !== null && !isObject(section)) {
      throw new ShadowError(400, `${name === "desired" ? "Desired" : "Reported"} node must be an object`);
    }
    checkNode(section, name, 0);
  }
}

/** An array is a value like others, but must not hold null. */
function checkNode(value: JsonValue, name: string, depth: number): void {
  if (typeof value !== "object" || value === null) return;
  if (depth > NESTING_LIMIT) {
    throw new ShadowError(400, `JSON contains too many levels of nesting; maximum is ${NESTING_LIMIT}`);
  }
  if (Array.isArray(value) && value.includes(null)) throw new ShadowError(400, `State contains an invalid node: '${name}'`);
  for (const [key, each] of Object.entries(value)) checkNode(each, key, depth + 1);
}

function checkClientToken(token: JsonValue): void {
  const isRight = typeof token === "string" && Buffer.byteLength(token) <= CLIENT_TOKEN_LIMIT_BYTES;
  if (!isRight) throw new ShadowError(400, "Invalid clientToken");
}

function checkSize(bytes: number): void {
  if (bytes > SIZE_LIMIT_BYTES) throw new ShadowError(413, "The payload exceeds the maximum size allowed");
}

/** `before` with the patch in it; undefined: no change, null: nothing is left. */
function merge(before: JsonObject, patch: JsonObject | null | undefined): JsonObject {
  const merged = new Map(Object.entries(patch === null ? {} : before));
  for (const [key, value] of Object.entries(patch ?? {})) {
    if (value === null) merged.delete(key);
    else merged.set(key, isObject(value) ? merge(objectAt(before, key), value) : value);
  }
  return Object.fromEntries(merged);
}

/** The metadata after the patch: in the place of each value, when it was written. */
function stamp(metadata: JsonObject, before: JsonObject, patch: JsonObject | null | undefined, nowS: number): JsonObject {
  const stamped = new Map(Object.entries(patch === null ? {} : metadata));
  for (const [key, value] of Object.entries(patch ?? {})) {
    const inner = isObject(before[key]) ? objectAt(metadata, key) : {};
    if (value === null) stamped.delete(key);
    else stamped.set(key, isObject(value) ? stamp(inner, objectAt(before, key), value, nowS) : { timestamp: nowS });
  }
  return Object.fromEntries(stamped);
}

/** What is desired and was not reported so; of objects only the values that differ. */
function delta(desired: JsonObject, reported: JsonObject): JsonObject {
  const differing: [string, JsonValue][] = [];
  for (const [key, value] of Object.entries(desired)) {
    const other = reported[key];
    if (isDeepStrictEqual(value, other)) continue;
    const inner = isObject(value) && isObject(other) ? delta(value, other) : value;
    if (!isObject(inner) || inner === value || Object.keys(inner).length > 0) differing.push([key, inner]);
  }
  return Object.fromEntries(differing);
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function objectAt(parent: JsonObject, key: string): JsonObject {
  const value = parent[key];
  return isObject(value) ? value : {};
}

function mapSections<T>(give: (section: Section) => T): Record<Section, T> {
  return { desired: give("desired"), reported: give("reported") };
}

function mapObject(object: JsonObject, change: (value: JsonValue) => JsonValue): JsonObject {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, change(value)]));
}

function withoutEmpty(sections: Record<string, JsonObject>): Record<string, JsonObject> {
  return Object.fromEntries(Object.entries(sections).filter(([, section]) => Object.keys(section).length > 0));
}
