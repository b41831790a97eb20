import {
  DamagedBytes,
  putByte,
  putBytes,
  putDouble,
  putSigned,
  putVarint,
  type Reader,
  reserve,
  takeByte,
  takeBytes,
  takeCount,
  takeDouble,
  takeSigned,
  takeVarint,
  type Writer,
  zigzag,
} from './bytes.ts';
import { exponentOf, fromIntegers, type Integers, powers, toDecimal, toIntegers } from './decimal.ts';
import { deflate, inflate, isPacking, type Packing, PACKINGS, smallest, unpack, varints } from './pack.ts';
import { type Order, ordersByCost, residualsOf, restore } from './residuals.ts';

/**
 * One column of one entity: doubles with NaN for "absent", lossless for every double.
 * Layout: a byte (shape in the low four bits, bit 4: a mask follows), the mask, then what the shape needs.
 */
const SHAPES = { empty: 0, sameDecimal: 1, sameDouble: 2, integers: 3, doubles: 4, floats: 5, differences: 6 } as const;
const MASKED = 16;

/** `quick` is for a write-ahead row, `small` for a sealed chunk. */
export type Effort = 'quick' | 'small';

/** Appends a column; NaN is absent and is kept as such. */
export function putColumn(out: Writer, values: Float64Array, effort: Effort): void {
  if (values.length === 1) {
    // A sample at a time is what live senders bring: no masks, no arrays.
    putSingle(out, values[0] ?? Number.NaN);
    return;
  }
  const runs = maskOf(values);
  const present = runs === null ? values : values.filter((value) => !Number.isNaN(value));
  const start = out.at;
  putByte(out, 0);
  if (runs !== null && present.length > 0) {
    putVarint(out, runs.length);
    for (const run of runs) putVarint(out, run);
  }
  const shape = putPresent(out, present, effort);
  out.bytes[start] = shape | (runs !== null && present.length > 0 ? MASKED : 0);
}

/**
 * Appends a column for a write-ahead row, which is read once at most: differences of decimals, a varint each, straight into the buffer.
 * `guess` is the power of ten that the metric's last column took; gives the one that this column took. What is no decimal, or absent, goes the long way.
 */
export function putQuick(out: Writer, values: Float64Array, guess: number): number {
  const start = out.at;
  reserve(out, 2 + values.length * 8);
  if (putDifferences(out, values, guess)) return guess;
  out.at = start;
  const needed = exponentOf(values);
  if (needed !== null && needed !== guess && putDifferences(out, values, needed)) return needed;
  out.at = start;
  putColumn(out, values, 'quick');
  return guess;
}

function putDifferences(out: Writer, values: Float64Array, exponent: number): boolean {
  const power = powers[exponent] ?? Number.NaN;
  out.bytes[out.at++] = SHAPES.differences;
  out.bytes[out.at++] = exponent;
  let last = 0;
  for (let index = 0; index < values.length; index += 1) {
    const value = values[index] ?? Number.NaN;
    const scaled = Math.round(value * power);
    if (scaled / power !== value || Math.abs(scaled) > 2 ** 51 || Object.is(value, -0)) return false;
    let rest = zigzag(scaled - last);
    last = scaled;
    while (rest >= 0x80000000) {
      out.bytes[out.at++] = (rest % 128) | 128;
      rest = Math.floor(rest / 128);
    }
    while (rest >= 128) {
      out.bytes[out.at++] = (rest & 127) | 128;
      rest >>>= 7;
    }
    out.bytes[out.at++] = rest;
  }
  return true;
}

function takeDifferences(from: Reader, count: number): Float64Array {
  const exponent = takeByte(from);
  const power = powers[exponent];
  if (power === undefined) throw new DamagedBytes('a column names an unknown scale');
  const values = new Float64Array(count);
  let last = 0;
  for (let index = 0; index < count; index += 1) {
    last += takeSigned(from);
    values[index] = last / power;
  }
  return values;
}

/** Reads a column of `rows` values; throws DamagedBytes. */
export function takeColumn(from: Reader, rows: number): Float64Array {
  const first = takeByte(from);
  if ((first & MASKED) === 0) return takePresent(from, first, (first & 15) === SHAPES.empty ? 0 : rows, rows);
  const runs = Array.from({ length: takeCount(from) }, () => takeVarint(from));
  const count = runs.reduce((sum, run, index) => (index % 2 === 0 ? sum + run : sum), 0);
  const total = runs.reduce((sum, run) => sum + run, 0);
  if (total !== rows) throw new DamagedBytes('a column’s mask has another length than its rows');
  return spread(takePresent(from, first & 15, count, count), runs, rows);
}

/** Lengths of the runs of present and absent values in turn, present first (maybe 0); null where nothing is absent. */
function maskOf(values: Float64Array): number[] | null {
  const runs: number[] = [];
  let present = true;
  let length = 0;
  for (const value of values) {
    if (Number.isNaN(value) === present) {
      runs.push(length);
      present = !present;
      length = 0;
    }
    length += 1;
  }
  if (runs.length === 0) return null;
  runs.push(length);
  return runs;
}

function spread(present: Float64Array, runs: readonly number[], rows: number): Float64Array {
  const values = new Float64Array(rows).fill(Number.NaN);
  let at = 0;
  let taken = 0;
  runs.forEach((run, index) => {
    if (index % 2 === 0) {
      values.set(present.subarray(taken, taken + run), at);
      taken += run;
    }
    at += run;
  });
  return values;
}

function putSingle(out: Writer, value: number): void {
  const decimal = Number.isNaN(value) ? null : toDecimal(value);
  putByte(out, Number.isNaN(value) ? SHAPES.empty : decimal === null ? SHAPES.sameDouble : SHAPES.sameDecimal);
  if (decimal !== null) {
    putByte(out, decimal.exponent);
    putSigned(out, decimal.scaled);
  } else if (!Number.isNaN(value)) {
    putDouble(out, value);
  }
}

function putPresent(out: Writer, values: Float64Array, effort: Effort): number {
  const [first] = values;
  if (first === undefined) return SHAPES.empty;
  const integers = toIntegers(values);
  const same = values.every((value) => Object.is(value, first));
  if (same && integers !== null) {
    putByte(out, integers.exponent);
    putSigned(out, integers.first);
    return SHAPES.sameDecimal;
  }
  if (same) {
    putDouble(out, first);
    return SHAPES.sameDouble;
  }
  if (integers !== null) {
    putIntegers(out, integers, effort);
    return SHAPES.integers;
  }
  const narrow = values.every((value) => Object.is(Math.fround(value), value));
  const raw = new Uint8Array(narrow ? Float32Array.from(values).buffer : values.slice().buffer);
  const bytes = effort === 'quick' ? raw : deflate(planes(raw, narrow ? 4 : 8));
  putByte(out, effort === 'quick' ? 0 : 1);
  putBytes(out, bytes);
  return narrow ? SHAPES.floats : SHAPES.doubles;
}

function takePresent(from: Reader, shape: number, count: number, rows: number): Float64Array {
  switch (shape) {
    case SHAPES.empty:
      return new Float64Array(rows).fill(Number.NaN);
    case SHAPES.sameDecimal: {
      const exponent = takeByte(from);
      const value = fromIntegers({ exponent, first: takeSigned(from), step: 1, ints: new Float64Array(1) })[0] ?? Number.NaN;
      return new Float64Array(count).fill(value);
    }
    case SHAPES.sameDouble:
      return new Float64Array(count).fill(takeDouble(from));
    case SHAPES.integers:
      return takeIntegers(from, count);
    case SHAPES.differences:
      return takeDifferences(from, count);
    case SHAPES.doubles:
    case SHAPES.floats: {
      const width = shape === SHAPES.floats ? 4 : 8;
      const packed = takeByte(from) === 1;
      const bytes = takeBytes(from);
      // A copy, to begin where doubles may: a Buffer's own slice is none.
      const raw = packed ? unplanes(inflate(bytes, count * width), width) : new Uint8Array(bytes);
      if (raw.length !== count * width) throw new DamagedBytes('a column has another number of values than rows');
      return width === 8 ? new Float64Array(raw.buffer, raw.byteOffset, count) : Float64Array.from(new Float32Array(raw.buffer, raw.byteOffset, count));
    }
    default:
      throw new DamagedBytes(`unknown column shape ${shape}`);
  }
}

function putIntegers(out: Writer, integers: Integers, effort: Effort): void {
  const [cheapest = 1] = ordersByCost(integers.ints);
  const { order, base, packing, bytes } = pack(integers.ints, cheapest, effort);
  putByte(out, integers.exponent | (order << 4) | (packing << 6));
  putSigned(out, integers.first);
  putVarint(out, integers.step);
  putSigned(out, base);
  putBytes(out, bytes);
}

function pack(ints: Float64Array, order: Order, effort: Effort): { order: Order; base: number; packing: Packing; bytes: Uint8Array } {
  const { base, residuals } = residualsOf(ints, order);
  if (effort === 'quick') return { order, base, packing: PACKINGS.varint, bytes: varints(residuals) };
  return { order, base, ...smallest(residuals) };
}

function takeIntegers(from: Reader, count: number): Float64Array {
  const head = takeByte(from);
  const order = (head >> 4) & 3;
  const packing = head >> 6;
  if (!isPacking(packing) || order === 3) throw new DamagedBytes('a column names an unknown coding');
  const first = takeSigned(from);
  const step = takeVarint(from);
  const base = takeSigned(from);
  const ints = restore(unpack(takeBytes(from), packing, count), order as Order, base); // 0, 1 or 2, checked above
  return fromIntegers({ exponent: head & 15, first, step, ints });
}

/** All first bytes, then all second bytes …: neighbours share exponents, which so stand together. */
function planes(bytes: Uint8Array, width: number): Uint8Array {
  const out = new Uint8Array(bytes.length);
  const count = bytes.length / width;
  for (let index = 0; index < bytes.length; index += 1) out[(index % width) * count + Math.floor(index / width)] = bytes[index] ?? 0; // within its length
  return out;
}

function unplanes(bytes: Uint8Array, width: number): Uint8Array {
  const out = new Uint8Array(bytes.length);
  const count = bytes.length / width;
  for (let index = 0; index < bytes.length; index += 1) out[index] = bytes[(index % width) * count + Math.floor(index / width)] ?? 0; // within its length
  return out;
}
