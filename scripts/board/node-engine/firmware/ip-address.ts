/**
 * Reads an IPv4 address as the firmware does (networkParseIPAddress): "localhost" and dotted numbers are addresses,
 * anything else gives undefined and needs a look-up. Like the firmware it checks no ranges.
 */
export function parseIpAddress(text: string): string | undefined {
  if (text === "localhost") return "127.0.0.1";
  if (!/^[0-9.]+$/.test(text)) return undefined;
  const numbers = text.split(".").map((part) => Number(part || 0) & 255);
  const lastFour = [0, 0, 0, 0, ...numbers].slice(-4);
  return lastFour.some((part) => part !== 0) ? lastFour.join(".") : undefined;
}
