/** What the text functions of the realm ask of the engine. */
interface TextHost {
  /** Says what in a pattern the firmware cannot match. */
  unsupported(pattern: string, flags: string): string | undefined;
  /** Runs text as a script. */
  evaluate(code: string): unknown;
  /** The text of a function, without what the engine added. */
  functionText(target: object): string;
  /** Byte by byte: the text is UTF-8 already. */
  percentEncode(text: string): string;
  percentDecode(text: string): string;
}

/**
 * Gives String, Number, RegExp, Function and eval the firmware's behaviour. Handed to the program's realm as text: it
 * may use nothing from outside itself.
 */
export function installText(host: TextHost): void {
  const NativeRegExp = RegExp;
  const NativeFunction = Function;
  const fromCharCode = String.fromCharCode;
  const exec = NativeRegExp.prototype.exec;
  const hidden = (target: object, name: string, value: unknown) =>
    Object.defineProperty(target, name, { value, writable: true, configurable: true });

  hidden(String, "fromCharCode", (...codes: number[]) => fromCharCode(...codes.map((code) => code & 0xff)));

  // Number's own constants cannot be deleted: a Number without them takes its place.
  const NativeNumber = Number;
  function FirmwareNumber(...args: unknown[]) {
    return args.length === 0 ? 0 : NativeNumber(args[0]);
  }
  FirmwareNumber.prototype = NativeNumber.prototype;
  for (const name of ["MAX_VALUE", "MIN_VALUE", "NEGATIVE_INFINITY", "NaN", "POSITIVE_INFINITY"] as const) {
    hidden(FirmwareNumber, name, NativeNumber[name]);
  }
  hidden(FirmwareNumber, "name", "Number");
  hidden(NativeNumber.prototype, "constructor", FirmwareNumber);
  hidden(globalThis, "Number", FirmwareNumber);

  function FirmwareRegExp(pattern: unknown, flags: unknown = "") {
    const source = pattern instanceof NativeRegExp ? pattern.source : String(pattern);
    const missing = host.unsupported(source, String(flags));
    if (missing !== undefined) throw new Error(`Espruino does not support: ${missing}`);
    return new NativeRegExp(source, `${String(flags)}s`);
  }
  FirmwareRegExp.prototype = NativeRegExp.prototype;
  hidden(FirmwareRegExp, "name", "RegExp");
  hidden(NativeRegExp.prototype, "constructor", FirmwareRegExp);
  hidden(globalThis, "RegExp", FirmwareRegExp);
  // A group that took no part is an empty string.
  hidden(NativeRegExp.prototype, "exec", function (this: RegExp, text: string) {
    const match = exec.call(this, text);
    if (match) delete match.groups;
    if (match) for (let i = 1; i < match.length; i++) match[i] ??= "";
    return match;
  });

  function FirmwareFunction(...args: unknown[]) {
    const body = args.length === 0 ? "" : String(args[args.length - 1]);
    return host.evaluate(`(function(${args.slice(0, -1).join(",")}){${body}\n})`);
  }
  FirmwareFunction.prototype = NativeFunction.prototype;
  hidden(FirmwareFunction, "name", "Function");
  hidden(NativeFunction.prototype, "constructor", FirmwareFunction);
  hidden(NativeFunction.prototype, "toString", function (this: object) {
    return host.functionText(this);
  });
  hidden(globalThis, "Function", FirmwareFunction);
  hidden(globalThis, "encodeURIComponent", (text: unknown) => host.percentEncode(String(text)));
  hidden(globalThis, "decodeURIComponent", (text: unknown) => host.percentDecode(String(text)));
  hidden(globalThis, "eval", (code: unknown) => (typeof code === "string" ? host.evaluate(code) : code));
}
