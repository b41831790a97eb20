import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { DamagedBytes, putBytes, putVarint, reader, takeVarint, writer, written } from './bytes.ts';
import { bitsOf } from './residuals.ts';

/** How a column's residuals are written; the number stands in the file. */
export const PACKINGS = { varint: 0, deflatedVarint: 1, classes: 2 } as const;
export type Packing = (typeof PACKINGS)[keyof typeof PACKINGS];

/** Fewer bytes than this only grow when deflated. */
const worthDeflating = 24;

/** Seven bits a byte: quick, what a write-ahead row holds. */
export function varints(residuals: Float64Array): Uint8Array<ArrayBuffer> {
  const out = writer(residuals.length * 2 + 16);
  for (const residual of residuals) putVarint(out, residual);
  return written(out);
}

/**
 * The smallest of several codings. Varints deflate well where values repeat. Noise does not repeat: there each number is
 * split into its class (how many bits it has), which deflates to its entropy, and the bits below the first, which
 * nothing makes smaller and which stand packed as they are. Where one byte holds nearly every number, varints are as good.
 */
export function smallest(residuals: Float64Array): { packing: Packing; bytes: Uint8Array<ArrayBuffer> } {
  const plain = varints(residuals);
  if (plain.length < worthDeflating) return { packing: PACKINGS.varint, bytes: plain };
  const candidates: { packing: Packing; bytes: Uint8Array<ArrayBuffer> }[] = [
    { packing: PACKINGS.varint, bytes: plain },
    { packing: PACKINGS.deflatedVarint, bytes: deflate(plain) },
    // Deflating is most of what sealing costs: not where it cannot gain.
    ...(plain.length > 1.1 * residuals.length ? [{ packing: PACKINGS.classes, bytes: classes(residuals) }] : []),
  ];
  return candidates.reduce((best, next) => (next.bytes.length < best.bytes.length ? next : best));
}

/** The inverse of both; throws DamagedBytes. */
export function unpack(bytes: Uint8Array, packing: Packing, count: number): Float64Array {
  switch (packing) {
    case PACKINGS.varint:
      return fromVarints(bytes, count);
    case PACKINGS.deflatedVarint:
      return fromVarints(inflate(bytes, count * 8), count);
    case PACKINGS.classes:
      return fromClasses(bytes, count);
  }
}

/** True for a number that the file may hold as a packing. */
export function isPacking(value: number): value is Packing {
  return value === 0 || value === 1 || value === 2;
}

/** Raw deflate, without a header. */
export function deflate(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  // A window of 8 kB spans a chunk's column; a larger one is only more to clear.
  return new Uint8Array(deflateRawSync(bytes, { level: 6, memLevel: 9, windowBits: 13 }));
}

/** Inflates to at most `most` bytes: a damaged row must not eat the memory. */
export function inflate(bytes: Uint8Array, most: number): Uint8Array {
  try {
    return inflateRawSync(bytes, { maxOutputLength: Math.max(most, 64) });
  } catch (error) {
    throw new DamagedBytes('compressed bytes do not decompress', { cause: error });
  }
}

function fromVarints(bytes: Uint8Array, count: number): Float64Array {
  const from = reader(bytes);
  const out = new Float64Array(count);
  let index = 0;
  // The common case, one byte a value, without a call.
  while (index < count) {
    const byte = bytes[from.at];
    if (byte !== undefined && byte < 128) {
      out[index] = byte;
      from.at += 1;
    } else {
      out[index] = takeVarint(from);
    }
    index += 1;
  }
  return out;
}

function classes(residuals: Float64Array): Uint8Array<ArrayBuffer> {
  const kinds = new Uint8Array(residuals.length);
  let bits = 0;
  for (let index = 0; index < residuals.length; index += 1) {
    const kind = bitsOf(residuals[index] ?? Number.NaN);
    kinds[index] = kind;
    if (kind > 1) bits += kind - 1;
  }
  const packed = new Uint8Array(Math.ceil(bits / 8));
  let hold = 0;
  let held = 0;
  let at = 0;
  for (let index = 0; index < residuals.length; index += 1) {
    let width = (kinds[index] ?? 0) - 1; // a Uint8Array within its length
    if (width <= 0) continue;
    let rest = (residuals[index] ?? Number.NaN) - 2 ** width;
    while (width > 0) {
      const take = Math.min(width, 8 - held);
      const size = 1 << take;
      hold |= (rest % size) << held;
      rest = Math.floor(rest / size);
      held += take;
      width -= take;
      if (held === 8) {
        packed[at++] = hold;
        hold = 0;
        held = 0;
      }
    }
  }
  if (held > 0) packed[at] = hold;
  const out = writer(kinds.length);
  putBytes(out, deflate(kinds));
  const head = written(out);
  const whole = new Uint8Array(head.length + packed.length);
  whole.set(head);
  whole.set(packed, head.length);
  return whole;
}

function fromClasses(bytes: Uint8Array, count: number): Float64Array {
  const from = reader(bytes);
  const length = takeVarint(from);
  const kinds = inflate(bytes.subarray(from.at, from.at + length), count);
  if (kinds.length !== count) throw new DamagedBytes('a column has another number of values than rows');
  const packed = bytes.subarray(from.at + length);
  const out = new Float64Array(count);
  let hold = 0;
  let held = 0;
  let at = 0;
  for (let index = 0; index < count; index += 1) {
    const kind = kinds[index] ?? 0; // within its length, checked above
    if (kind < 2) {
      out[index] = kind;
      continue;
    }
    let width = kind - 1;
    if (width <= 24) {
      while (held < width) {
        hold |= (packed[at++] ?? 0) << held; // beyond the end only in damaged bytes: zeros
        held += 8;
      }
      out[index] = (1 << width) + (hold & ((1 << width) - 1));
      hold >>>= width;
      held -= width;
      continue;
    }
    let value = 0;
    let scale = 1;
    while (width > 0) {
      if (held === 0) {
        hold = packed[at++] ?? 0; // as above
        held = 8;
      }
      const take = Math.min(width, held, 8);
      value += (hold & ((1 << take) - 1)) * scale;
      scale *= 1 << take;
      hold >>>= take;
      held -= take;
      width -= take;
    }
    out[index] = value + scale;
  }
  return out;
}
