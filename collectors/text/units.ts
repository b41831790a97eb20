import type { Unit } from '../../core/readings/index.ts';
import { parseDecimal } from './numbers.ts';

/**
 * What a cell of a tool's output says: a number in SI units, `'absent'` where the tool says that it has no value
 * (`[N/A]`, `[Not Supported]`, `-`, nothing), or `'unrecognised'` for anything else, which the caller rejects with the text.
 */
export type Quantity = number | 'absent' | 'unrecognised';

interface Scale {
  readonly unit: Unit;
  readonly mul: number;
  readonly div: number;
}

const times = (unit: Unit, mul: number): Scale => ({ unit, mul, div: 1 });
const over = (unit: Unit, div: number): Scale => ({ unit, mul: 1, div });
const KI = 1024;
const MI = 1024 ** 2;
const GI = 1024 ** 3;
const TI = 1024 ** 4;

/** Unit names as tools print them, with the way to SI. Dividing by 100 gives 57 % = 0.57; multiplying by 0.01 would not. */
export const UNITS = {
  '%': over('ratio', 100),
  ratio: times('ratio', 1),
  B: times('bytes', 1),
  bytes: times('bytes', 1),
  kB: times('bytes', 1e3),
  KB: times('bytes', 1e3),
  MB: times('bytes', 1e6),
  GB: times('bytes', 1e9),
  TB: times('bytes', 1e12),
  KiB: times('bytes', KI),
  MiB: times('bytes', MI),
  GiB: times('bytes', GI),
  TiB: times('bytes', TI),
  'B/s': times('bytes/s', 1),
  'kB/s': times('bytes/s', 1e3),
  'KB/s': times('bytes/s', 1e3),
  'MB/s': times('bytes/s', 1e6),
  'GB/s': times('bytes/s', 1e9),
  'KiB/s': times('bytes/s', KI),
  'MiB/s': times('bytes/s', MI),
  'GiB/s': times('bytes/s', GI),
  W: times('watts', 1),
  mW: over('watts', 1e3),
  kW: times('watts', 1e3),
  J: times('joules', 1),
  mJ: over('joules', 1e3),
  Hz: times('hertz', 1),
  kHz: times('hertz', 1e3),
  MHz: times('hertz', 1e6),
  GHz: times('hertz', 1e9),
  C: times('celsius', 1),
  '°C': times('celsius', 1),
  s: times('seconds', 1),
  ms: over('seconds', 1e3),
  us: over('seconds', 1e6),
  µs: over('seconds', 1e6),
  ns: over('seconds', 1e9),
  count: times('count', 1),
} as const satisfies Record<string, Scale>;

export type UnitName = keyof typeof UNITS;

/** True for a unit in the table. */
export function isUnitName(text: string): text is UnitName {
  return Object.hasOwn(UNITS, text);
}

/** The ways in which tools say that there is no value. `[Unknown Error]` and the like are absent too; the error is reported apart. */
const ABSENT: ReadonlySet<string> = new Set([
  '',
  '-',
  '--',
  'n/a',
  'na',
  'not supported',
  'not available',
  'not found',
  'not active (n/a)',
  'unknown',
  'unknown error',
  'err!',
  'error',
  'null',
  'none',
  'nan',
  'insufficient permissions',
  'no permission',
  'gpu requires reset',
  'gpu is lost',
  'deprecated',
  'requested functionality has been deprecated',
]);

/** True for a text by which a tool says that it has no value: `[N/A]`, `N/A`, `[Not Supported]`, `-`, an empty cell … */
export function isAbsent(text: string): boolean {
  const first = text.charCodeAt(0);
  if (first >= 48 && first <= 57) return false; // the usual case, a number, at once
  const inner = first === 91 && text.endsWith(']') ? text.slice(1, -1) : text;
  return ABSENT.has(inner.trim().toLowerCase());
}

/** A number in the unit `from`, in SI. */
export function toSi(value: number, from: UnitName): number {
  const scale: Scale = UNITS[from];
  return scale.div === 1 ? value * scale.mul : value / scale.div;
}

/**
 * A number with or without a unit (`31 %`, `40960 MiB`, `58.31 W`, `31`), in SI. `plain` is the unit of a bare number;
 * a unit of another dimension (watts in a per-cent column) is unrecognised.
 */
export function quantity(text: string, plain: UnitName): Quantity {
  const end = numberEnd(text);
  if (end === 0 || end < text.length) return withUnit(text, end, plain);
  const value = parseDecimal(text);
  return value === null ? (isAbsent(text) ? 'absent' : 'unrecognised') : toSi(value, plain);
}

/** A number as a spreadsheet in many languages saves it, `58,31 W`. Three digits behind the comma could be thousands: they are not guessed at. */
const DECIMAL_COMMA = /^-?\d{1,12},\d{1,2}(?:\s|[^\d\s,.]|$)/;

function withUnit(text: string, end: number, plain: UnitName): Quantity {
  const value = end === 0 ? null : parseDecimal(end < text.length ? text.slice(0, end) : text);
  if (value !== null) {
    const unit = text.slice(text.charCodeAt(end) === 32 ? end + 1 : end);
    if (unit === plain) return toSi(value, plain); // nearly always
    const named = unit.trim();
    if (isUnitName(named) && UNITS[named].unit === UNITS[plain].unit) return toSi(value, named);
  }
  if (isAbsent(text)) return 'absent';
  if (DECIMAL_COMMA.test(text)) return quantity(text.replace(',', '.'), plain);
  const exponent = parseDecimal(text); // 1e5
  return exponent === null ? 'unrecognised' : toSi(exponent, plain);
}

function numberEnd(text: string): number {
  let at = 0;
  while (at < text.length) {
    const code = text.charCodeAt(at);
    const numeric = (code >= 48 && code <= 57) || code === 46 || code === 45 || code === 43;
    if (!numeric) break;
    at += 1;
  }
  return at;
}
