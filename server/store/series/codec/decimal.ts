/** Numbers as integers: value = (first + step × ints[i]) ÷ 10^exponent, exactly, bit for bit. */
export interface Integers {
  readonly exponent: number;
  /** The first value's integer; `ints` are distances from it. */
  readonly first: number;
  /** Common factor of all distances (a memory size in MiB has 1048576); 1 or more. */
  readonly step: number;
  readonly ints: Float64Array;
}

/** Powers of ten by exponent: one table for writing and reading, so that both scale by the same double. */
export const powers = Float64Array.from({ length: 16 }, (_, index) => 10 ** index);
/** Distances stay below this, so that differences of differences, zigzagged, are exact in a double. */
const widest = 2 ** 49;

/**
 * Finds the smallest decimal scale in which every value is an integer; null where there is none (a third, a negative
 * zero, an infinity, a span too wide), and the values need their 64 bits.
 */
export function toIntegers(values: Float64Array): Integers | null {
  const exponent = exponentOf(values);
  if (exponent === null) return null;
  const power = powers[exponent] ?? Number.NaN;
  const ints = new Float64Array(values.length);
  const first = Math.round((values[0] ?? Number.NaN) * power);
  let step = 0;
  for (let index = 0; index < values.length; index += 1) {
    const value = values[index] ?? Number.NaN;
    const scaled = Math.round(value * power);
    const distance = scaled - first;
    // Checked again at the final scale: a value exact at its own scale may not be at a finer one.
    if (scaled / power !== value || Math.abs(scaled) > 2 ** 52 || Math.abs(distance) > widest) return null;
    ints[index] = distance;
    if (step !== 1) step = gcd(step, Math.abs(distance));
  }
  if (step > 1) for (let index = 0; index < ints.length; index += 1) ints[index] = (ints[index] ?? Number.NaN) / step;
  return { exponent, first, step: Math.max(step, 1), ints };
}

/** One value as an integer and a power of ten; null where `toIntegers` has none. */
export function toDecimal(value: number): { exponent: number; scaled: number } | null {
  if (Object.is(value, -0)) return null;
  for (let exponent = 0; exponent < powers.length; exponent += 1) {
    const power = powers[exponent] ?? Number.NaN;
    const scaled = Math.round(value * power);
    if (scaled / power === value) return Math.abs(scaled) > 2 ** 52 ? null : { exponent, scaled };
  }
  return null;
}

/** The inverse of `toIntegers`, in place of its `ints`. */
export function fromIntegers({ exponent, first, step, ints }: Integers): Float64Array {
  const power = powers[exponent] ?? Number.NaN;
  for (let index = 0; index < ints.length; index += 1) ints[index] = (first + (ints[index] ?? Number.NaN) * step) / power;
  return ints;
}

/** The smallest power of ten by which every value is an integer; null where there is none. */
export function exponentOf(values: Float64Array): number | null {
  let exponent = 0;
  let power = 1;
  for (let index = 0; index < values.length; index += 1) {
    const value = values[index] ?? Number.NaN;
    if (value === 0 && Object.is(value, -0)) return null;
    while (Math.round(value * power) / power !== value) {
      exponent += 1;
      if (exponent === powers.length) return null;
      power = powers[exponent] ?? Number.NaN;
    }
  }
  return exponent;
}

function gcd(left: number, right: number): number {
  let a = left;
  let b = right;
  while (b !== 0) [a, b] = [b, a % b];
  return a;
}
