// JSON from a service that may send anything.

/**
 * Whether JSON.parse may be given a text. A member `__proto__` becomes the object's prototype, and where that is no object the firmware takes
 * other memory for members as soon as one is missing (2v29). The letters of the name can be escaped; nobody else escapes such.
 */
export function isHarmless(text: string): boolean {
  return !/__proto__/.test(text) && !/\\u00[567]/.test(text);
}

/**
 * The object that a text is as JSON; one without properties when it is no JSON, or JSON of something else, or could do harm. Raises nothing: the
 * firmware's own error would quote the text, and with it what is not to be shown.
 */
export function parseObject(text: string): any {
  try {
    const value = isHarmless(text) && JSON.parse(text);
    return value && typeof value === "object" ? value : {};
  } catch (reason) {
    return {};
  }
}
