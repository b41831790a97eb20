import { METRIC_IDS, limitsOf, METRICS, type EntityKind, type MetricId } from '../../core/readings/index.ts';

/** A place in a text of JSON, as bytes. */
export interface Scan {
  readonly bytes: Buffer;
  at: number;
}

/** A word that is expected in a batch: a key, a kind of entity, or a metric with what it may be. */
export interface Word {
  readonly text: string;
  readonly bytes: Buffer;
  readonly metric: { readonly id: MetricId; readonly entity: EntityKind; readonly least: number; readonly most: number } | null;
}

/** Thrown, always this one, where a text is none of those that are read here. It says no more: whoever reads the whole says what is wrong. */
export const UNUSUAL = new Error('not a text that is read byte by byte');

/** Stands for the byte after the last. */
const END = -1;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const MINUS = 0x2d;
const POINT = 0x2e;
const ZERO = 0x30;
const NINE = 0x39;

/** The next byte that is no white space; it stays where it is. */
export function peek(scan: Scan): number {
  const { bytes } = scan;
  let byte = bytes[scan.at] ?? END;
  while (byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09) {
    scan.at += 1;
    byte = bytes[scan.at] ?? END;
  }
  return byte;
}

/** Goes past one byte, given as a character; throws UNUSUAL where another one stands there. */
export function past(scan: Scan, character: number): void {
  if (peek(scan) !== character) throw UNUSUAL;
  scan.at += 1;
}

/** True, and past it, where this byte is next. */
export function passed(scan: Scan, character: number): boolean {
  if (peek(scan) !== character) return false;
  scan.at += 1;
  return true;
}

/** A string of least to most characters. Escapes and letters beyond ASCII are left to those who read the whole. */
export function text(scan: Scan, least: number, most: number): string {
  past(scan, QUOTE);
  const { bytes } = scan;
  const from = scan.at;
  let at = from;
  for (let byte = bytes[at] ?? END; byte !== QUOTE; byte = bytes[at] ?? END) {
    if (byte < 0x20 || byte > 0x7e || byte === BACKSLASH) throw UNUSUAL;
    at += 1;
  }
  scan.at = at + 1;
  if (at - from < least || at - from > most) throw UNUSUAL;
  return bytes.toString('latin1', from, at);
}

/** A string that is one of the words; `likely` is looked at first, since batches resemble each other. */
export function word(scan: Scan, likely: Word | undefined): Word {
  past(scan, QUOTE);
  const { bytes } = scan;
  if (likely !== undefined && standsAt(bytes, scan.at, likely)) {
    scan.at += likely.bytes.length + 1;
    return likely;
  }
  let hash = 0;
  let at = scan.at;
  for (let byte = bytes[at] ?? END; byte !== QUOTE; byte = bytes[at] ?? END) {
    if (byte === END) throw UNUSUAL;
    hash = hashed(hash, byte);
    at += 1;
  }
  for (const candidate of WORDS[hash & MASK] ?? []) {
    if (!standsAt(bytes, scan.at, candidate)) continue;
    scan.at = at + 1;
    return candidate;
  }
  throw UNUSUAL;
}

/** A number as JSON writes it. */
export function number(scan: Scan): number {
  const { bytes } = scan;
  const first = peek(scan);
  const from = scan.at;
  let at = first === MINUS ? from + 1 : from;
  let byte = bytes[at] ?? END;
  if (!isDigit(byte) || (byte === ZERO && isDigit(bytes[at + 1] ?? END))) throw UNUSUAL;
  let digits = 0;
  for (; isDigit(byte); byte = bytes[++at] ?? END) digits = digits * 10 + (byte - ZERO);
  let behind = 0;
  if (byte === POINT) {
    const point = at;
    byte = bytes[++at] ?? END;
    for (; isDigit(byte); byte = bytes[++at] ?? END) digits = digits * 10 + (byte - ZERO);
    behind = at - point - 1;
    if (behind === 0) throw UNUSUAL;
  }
  if (byte === 0x65 || byte === 0x45) return withExponent(scan, from, at);
  scan.at = at;
  // Both are exact up to here, so that one division gives the nearest number, as JSON.parse does (Clinger 1990); beyond it Number knows.
  const power = POWERS[behind];
  if (digits > Number.MAX_SAFE_INTEGER || power === undefined) return Number(bytes.toString('latin1', from, at));
  const value = behind === 0 ? digits : digits / power;
  return first === MINUS ? -value : value;
}

/** Goes past `null` where it is next. */
export function absent(scan: Scan): boolean {
  if (peek(scan) !== 0x6e) return false;
  if (scan.bytes.toString('latin1', scan.at, scan.at + 4) !== 'null') throw UNUSUAL;
  scan.at += 4;
  return true;
}

/** A list of whatever: found byte by byte, read by JSON.parse. */
export function list(scan: Scan): unknown[] {
  if (peek(scan) !== 0x5b) throw UNUSUAL;
  const from = scan.at;
  const { bytes } = scan;
  let depth = 0;
  let quoted = false;
  do {
    const byte = bytes[scan.at] ?? END;
    if (byte === END) throw UNUSUAL;
    if (quoted && byte === BACKSLASH) scan.at += 1;
    else if (byte === QUOTE) quoted = !quoted;
    else if (!quoted && (byte === 0x5b || byte === 0x7b)) depth += 1;
    else if (!quoted && (byte === 0x5d || byte === 0x7d)) depth -= 1;
    scan.at += 1;
  } while (depth > 0);
  if (scan.at === from + 2) return [];
  try {
    const read: unknown = JSON.parse(bytes.toString('utf8', from, scan.at));
    if (Array.isArray(read)) return read;
  } catch {
    // Whoever reads the whole says what is wrong with it.
  }
  throw UNUSUAL;
}

function withExponent(scan: Scan, from: number, exponent: number): number {
  const { bytes } = scan;
  let at = exponent + 1;
  if (bytes[at] === 0x2b || bytes[at] === MINUS) at += 1;
  const digits = at;
  while (isDigit(bytes[at] ?? END)) at += 1;
  if (at === digits) throw UNUSUAL;
  scan.at = at;
  return Number(bytes.toString('latin1', from, at));
}

function isDigit(byte: number): boolean {
  return byte >= ZERO && byte <= NINE;
}

/** Powers of ten that a double holds exactly. */
const POWERS = Array.from({ length: 23 }, (_, power) => Number(`1e${power}`));

function hashed(hash: number, byte: number): number {
  return (Math.imul(hash, 31) + byte) | 0;
}

/** True where the word stands there, its closing quote too. */
function standsAt(bytes: Buffer, at: number, { bytes: wanted }: Word): boolean {
  if (bytes[at + wanted.length] !== QUOTE) return false;
  for (let index = 0; index < wanted.length; index += 1) if (bytes[at + index] !== wanted[index]) return false;
  return true;
}

const MASK = 1023;
const KEYS = ['source', 'seq', 'node', 'job', 'blocks', 'facts', 'events', 'entity', 't', 'columns', 'kind', 'id', 'gpu', 'host', 'engine', 'process'] as const;
const WORDS: readonly Word[][] = Array.from({ length: MASK + 1 }, () => []);
for (const known of [...KEYS, ...METRIC_IDS]) {
  const bytes = Buffer.from(known);
  const metric = isKey(known) ? null : { id: known, entity: METRICS[known].entity, ...limitsOf(known) };
  WORDS[bytes.reduce(hashed, 0) & MASK]?.push({ text: known, bytes, metric });
}

function isKey(known: (typeof KEYS)[number] | MetricId): known is (typeof KEYS)[number] {
  return KEYS.some((key) => key === known);
}
