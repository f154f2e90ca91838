/**
 * Makes Date follow the board's clock and `E.setTimeZone`, parse as the firmware parses, and print as it prints. Handed
 * to the program's realm as text: it may use nothing from outside itself.
 */
export function installDate(nowMs: () => number, zoneHours: () => number): void {
  const Native = Date;
  const HOUR_MS = 3_600_000;
  const DAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
  const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
  const two = (value: number) => String(value).padStart(2, "0");
  const utc = Native.UTC;
  const isNaN = (value: number) => value !== value;

  /** Garbage is 1970. A time without a zone is local. */
  function parse(text: string): number {
    const hasZone = /Z$|[+-]\d\d:?\d\d$|GMT|UTC/.test(text);
    const isDateOnly = /^\d{4}-\d\d-\d\d$/.test(text);
    const ms = Native.parse(hasZone || isDateOnly ? text : `${text} GMT`);
    const known = isNaN(ms) ? Native.parse(`${text}Z`) : ms;
    if (isNaN(known)) return 0;
    return hasZone ? known : known - zoneHours() * HOUR_MS;
  }

  function construct(args: unknown[]): number {
    if (args.length === 0) return nowMs();
    const [first] = args;
    if (args.length > 1) {
      const parts = args.map(Number) as [number, number];
      return utc(...parts) - zoneHours() * HOUR_MS;
    }
    return typeof first === "string" ? parse(first) : Number(first);
  }

  function FirmwareDate(...args: unknown[]) {
    return new Native(construct(args));
  }

  const local = (date: Date) => new Native(date.getTime() + zoneHours() * HOUR_MS);
  const hidden = (target: object, name: string, value: unknown) =>
    Object.defineProperty(target, name, { value, writable: true, configurable: true });
  const prototype = Native.prototype as unknown as Record<string, (...args: number[]) => number>;
  for (const part of ["Date", "Day", "FullYear", "Hours", "Milliseconds", "Minutes", "Month", "Seconds"]) {
    const getUtc = prototype[`getUTC${part}`]!;
    const setUtc = prototype[`setUTC${part}`];
    hidden(prototype, `get${part}`, function (this: Date) {
      return getUtc.call(local(this) as never);
    });
    if (!setUtc) continue;
    hidden(prototype, `set${part}`, function (this: Date, ...values: number[]) {
      const shifted = local(this);
      setUtc.apply(shifted as never, values);
      return this.setTime(shifted.getTime() - zoneHours() * HOUR_MS);
    });
  }
  const clockText = (date: Date) =>
    `${two(date.getUTCHours())}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())}`;
  const zoneText = () => {
    const minutes = Math.round(zoneHours() * 60);
    return `GMT${minutes < 0 ? "-" : "+"}${two(Math.floor(Math.abs(minutes) / 60))}${two(Math.abs(minutes) % 60)}`;
  };
  hidden(prototype, "toString", function (this: Date) {
    const at = local(this);
    const day = `${DAYS[at.getUTCDay()]} ${MONTHS[at.getUTCMonth()]} ${at.getUTCDate()} ${at.getUTCFullYear()}`;
    return `${day} ${clockText(at)} ${zoneText()}`;
  });
  hidden(prototype, "toUTCString", function (this: Date) {
    const date = `${this.getUTCDate()} ${MONTHS[this.getUTCMonth()]} ${this.getUTCFullYear()}`;
    return `${DAYS[this.getUTCDay()]}, ${date} ${clockText(this)} GMT`;
  });
  hidden(prototype, "getTimezoneOffset", () => -zoneHours() * 60);
  hidden(prototype, "getIsDST", () => false);
  hidden(prototype, "constructor", FirmwareDate);
  FirmwareDate.prototype = Native.prototype;
  hidden(FirmwareDate, "now", () => nowMs());
  hidden(FirmwareDate, "parse", (text: unknown) => parse(String(text)));
  hidden(FirmwareDate, "name", "Date");
  hidden(globalThis, "Date", FirmwareDate);
}
