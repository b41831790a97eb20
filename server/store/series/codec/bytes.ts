import { isWellFormed } from '../../../../core/readings/index.ts';

/** A growing byte buffer; `at` is how much of it is written. */
export interface Writer {
  bytes: Uint8Array;
  view: DataView;
  at: number;
}

/** A place in bytes that are read. */
export interface Reader {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  at: number;
}

/** Bytes that do not decode: a damaged row, not a programming error. */
export class DamagedBytes extends Error {
  override readonly name = 'DamagedBytes';
}

/** What an encoder is given and its format cannot hold: nothing of it may reach the disk, where it would damage its neighbours. */
export class Unencodable extends RangeError {
  override readonly name = 'Unencodable';
}

/** The largest unsigned integer of the format: every one up to here is a double of its own. */
const LARGEST = 2 ** 53;
/** The largest magnitude of a signed one. */
const LARGEST_SIGNED = 2 ** 52;

/** An empty buffer with room for `capacity` bytes; it grows as it must. */
export function writer(capacity = 1024): Writer {
  const bytes = new Uint8Array(capacity);
  return { bytes, view: new DataView(bytes.buffer), at: 0 };
}

/** The beginning of some bytes. */
export function reader(bytes: Uint8Array): Reader {
  return { bytes, view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), at: 0 };
}

/** What has been written, as a copy of its own. */
export function written(out: Writer): Uint8Array<ArrayBuffer> {
  return out.bytes.slice(0, out.at);
}

/** Makes room for `more` bytes. */
export function reserve(out: Writer, more: number): void {
  if (out.at + more <= out.bytes.length) return;
  const grown = new Uint8Array(Math.max(out.bytes.length * 2, out.at + more));
  grown.set(out.bytes.subarray(0, out.at));
  out.bytes = grown;
  out.view = new DataView(grown.buffer);
}

/** One byte, 0 to 255; throws Unencodable. */
export function putByte(out: Writer, value: number): void {
  if ((value & 255) !== value) throw new Unencodable(`${value} does not fit into a byte`);
  reserve(out, 1);
  out.bytes[out.at] = value;
  out.at += 1;
}

/** An unsigned integer up to 2^53, seven bits a byte, low first; throws Unencodable. */
export function putVarint(out: Writer, value: number): void {
  if (!(value >= 0 && value <= LARGEST) || Math.floor(value) !== value) throw new Unencodable(`${value} is no integer from 0 to 2^53`);
  reserve(out, 8);
  let rest = value;
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

/** A signed integer within ±2^52, zigzag; throws Unencodable. */
export function putSigned(out: Writer, value: number): void {
  if (!(Math.abs(value) <= LARGEST_SIGNED) || Math.floor(value) !== value) throw new Unencodable(`${value} is no integer within ±2^52`);
  putVarint(out, zigzag(value));
}

/** Eight bytes, IEEE 754, low first; bit for bit, NaN too. */
export function putDouble(out: Writer, value: number): void {
  reserve(out, 8);
  out.view.setFloat64(out.at, value, true);
  out.at += 8;
}

/** The bytes with their count in front. */
export function putBytes(out: Writer, bytes: Uint8Array): void {
  putVarint(out, bytes.length);
  reserve(out, bytes.length);
  out.bytes.set(bytes, out.at);
  out.at += bytes.length;
}

/** UTF-8 with its count of bytes in front; throws Unencodable for text with a lone surrogate, which UTF-8 cannot tell from another. */
export function putText(out: Writer, text: string): void {
  if (!isWellFormed(text)) throw new Unencodable('a text with half a character');
  putBytes(out, encoder.encode(text));
}

/** The inverse of `putByte`, as the others are of theirs; all throw DamagedBytes where the bytes end too early. */
export function takeByte(from: Reader): number {
  const value = from.bytes[from.at];
  if (value === undefined) throw new DamagedBytes('the bytes end too early');
  from.at += 1;
  return value;
}

/** An unsigned integer up to 2^53; throws DamagedBytes where there is none. */
export function takeVarint(from: Reader): number {
  let value = 0;
  let scale = 1;
  for (let count = 0; count < 8; count += 1) {
    const byte = takeByte(from);
    value += (byte & 127) * scale;
    if (byte < 128) {
      if (value > LARGEST) break;
      return value;
    }
    scale *= 128;
  }
  throw new DamagedBytes('a number has no end');
}

/** A count of things that take a byte each at least; throws DamagedBytes for more than there can be, before room is made for them. */
export function takeCount(from: Reader): number {
  const count = takeVarint(from);
  if (count > from.bytes.length - from.at) throw new DamagedBytes('more is counted than there is');
  return count;
}

/** Rows that a table may have: more are not written, and room for more is not made. */
const MOST_ROWS = 2 ** 24;

/** A number of rows; throws DamagedBytes for more than any table has. */
export function takeRows(from: Reader): number {
  const rows = takeVarint(from);
  if (rows > MOST_ROWS) throw new DamagedBytes(`a table of ${rows} rows`);
  return rows;
}

/** A signed integer within ±2^52. */
export function takeSigned(from: Reader): number {
  return unzigzag(takeVarint(from));
}

/** Eight bytes as a double. */
export function takeDouble(from: Reader): number {
  if (from.at + 8 > from.bytes.length) throw new DamagedBytes('the bytes end too early');
  const value = from.view.getFloat64(from.at, true);
  from.at += 8;
  return value;
}

/** Bytes with their count in front, as a view. */
export function takeBytes(from: Reader): Uint8Array {
  const length = takeVarint(from);
  if (from.at + length > from.bytes.length) throw new DamagedBytes('the bytes end too early');
  from.at += length;
  return from.bytes.subarray(from.at - length, from.at);
}

/** UTF-8 with its count of bytes in front. */
export function takeText(from: Reader): string {
  return decoder.decode(takeBytes(from));
}

/** 0, −1, 1, −2 … as 0, 1, 2, 3 …: small magnitudes become small unsigned numbers. Exact within ±2^52. */
export function zigzag(value: number): number {
  // Within 31 bits by shifts: this runs once per value that is stored.
  if (value < 0x40000000 && value >= -0x40000000) return (value << 1) ^ (value >> 31);
  return value >= 0 ? value * 2 : -value * 2 - 1;
}

/** The inverse of `zigzag`. */
export function unzigzag(value: number): number {
  if (value < 0x80000000) return (value >>> 1) ^ -(value & 1);
  return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();
