const POWERS = [1, 10, 100, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15] as const;

/**
 * A decimal number (`-1.5`, `31`, `.5`, `1e9`) and nothing else, as a JavaScript number; null for any other text
 * (`''`, `0x10`, `Infinity`, `12abc`), which the built-in conversions would turn into a value.
 */
export function parseDecimal(text: string): number | null {
  if (text.length > LONGEST_NUMBER) return null;
  let at = 0;
  let negative = false;
  const first = text.charCodeAt(0);
  if (first === 45 || first === 43) {
    negative = first === 45;
    at = 1;
  }
  let mantissa = 0;
  let digits = 0;
  let decimals = -1; // below 0: no point seen
  for (; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code >= 48 && code <= 57) {
      mantissa = mantissa * 10 + (code - 48);
      digits += 1;
      if (decimals >= 0) decimals += 1;
    } else if (code === 46 && decimals < 0) {
      decimals = 0;
    } else {
      return slowDecimal(text);
    }
  }
  if (digits === 0) return null;
  if (digits > 15) return slowDecimal(text); // beyond 2^53 the shortcut would round twice
  const value = decimals > 0 ? mantissa / (POWERS[decimals] ?? Number.NaN) : mantissa;
  return negative ? -value : value;
}

/** Characters of the longest number that a tool prints, with room; a longer text is none. */
const LONGEST_NUMBER = 400;
const DECIMAL = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/;

function slowDecimal(text: string): number | null {
  if (!DECIMAL.test(text)) return null;
  const value = Number.parseFloat(text);
  return Number.isFinite(value) ? value : null;
}
