const CLOSE_TO_INTEGER = 0.0000001;
const MAX_FRACTION_DIGITS = 11;
const INT_LIMIT = 2 ** 31;
const EXPONENT_FROM = 1e21;
const EXPONENT_BELOW = 1e-6;

/** A number as the firmware prints it: some 11 decimals, its own idea of exponents (ftoa_bounded of src/jsutils.c). */
export function numberText(value: number): string {
  if (!Number.isFinite(value) || Number.isInteger(value) && Math.abs(value) < EXPONENT_FROM) return integerText(value);
  return (value < 0 ? "-" : "") + positiveText(Math.abs(value));
}

function integerText(value: number): string {
  if (!Number.isInteger(value)) return String(value);
  return BigInt(value).toString();
}

function positiveText(value: number): string {
  const { mantissa, exponent } = normalised(value);
  const rounded = closeToNextInteger(mantissa) ? Math.floor(mantissa) + 1 : mantissa;
  const whole = Math.floor(rounded);
  const digits = fractionDigits((rounded - whole) * 10);
  const suffix = exponent === 0 ? "" : `e${exponent > 0 ? "+" : ""}${exponent}`;
  return `${BigInt(whole)}${digits ? `.${digits}` : ""}${suffix}`;
}

function normalised(value: number): { mantissa: number; exponent: number } {
  let mantissa = value;
  let exponent = 0;
  if (value >= EXPONENT_FROM) {
    for (; mantissa > 1e5; exponent += 5) mantissa /= 1e5;
    for (; mantissa > 10; exponent++) mantissa /= 10;
  } else if (value < EXPONENT_BELOW) {
    for (; mantissa < 1e-5; exponent -= 5) mantissa *= 1e5;
    for (; mantissa < 1; exponent--) mantissa *= 10;
  }
  return { mantissa, exponent };
}

function closeToNextInteger(value: number): boolean {
  return value < INT_LIMIT && Math.trunc(value + CLOSE_TO_INTEGER) === 1 + Math.trunc(value);
}

function fractionDigits(tenths: number): string {
  let digits = "";
  for (let rest = tenths; digits.length < MAX_FRACTION_DIGITS && rest > CLOSE_TO_INTEGER; ) {
    const digit = Math.trunc(rest + 0.00000001);
    rest = (rest - digit) * 10;
    digits += digit === 10 ? "9" : String(digit);
  }
  return digits;
}
