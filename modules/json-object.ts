// JSON from a service that may send anything.

/**
 * The object that a text is as JSON; one without properties when it is no JSON, or JSON of something else. Raises nothing: the
 * firmware's own error would quote the text, and with it what is not to be shown.
 */
export function parseObject(text: string): any {
  try {
    const value = JSON.parse(text);
    return value && typeof value === "object" ? value : {};
  } catch (reason) {
    return {};
  }
}
