import { limitsOf, type MetricId, METRICS, plausible, type Unit } from './metrics.ts';

/** How an absent value is written, everywhere. */
export const ABSENT = '–';

const PREFIXES = ['', 'k', 'M', 'G', 'T', 'P', 'E'] as const;

/** The sign of each unit, and whether thousands make a new prefix (kW, TB/s). Ratios, seconds and degrees have rules of their own. */
const SIGNS: Readonly<Record<Exclude<Unit, 'ratio' | 'seconds' | 'celsius' | 'hertz'>, { sign: string; prefixFrom: number; whole: boolean }>> = {
  bytes: { sign: 'B', prefixFrom: 1e3, whole: true },
  'bytes/s': { sign: 'B/s', prefixFrom: 1e3, whole: true },
  watts: { sign: 'W', prefixFrom: 1e4, whole: false },
  joules: { sign: 'J', prefixFrom: 1e3, whole: false },
  count: { sign: '', prefixFrom: 1e5, whole: true },
  'tokens/s': { sign: 'tokens/s', prefixFrom: 1e5, whole: false },
  '1/s': { sign: '/s', prefixFrom: 1e5, whole: false },
  flop: { sign: 'FLOP', prefixFrom: 1e3, whole: true },
  'flop/s': { sign: 'FLOP/s', prefixFrom: 1e3, whole: true },
};

interface Scale {
  readonly factor: number;
  readonly suffix: string;
  readonly whole: boolean;
}

const UNITS: readonly string[] = [...Object.keys(SIGNS), 'ratio', 'seconds', 'celsius', 'hertz'];

/** True for the name of a unit that `formatValue` knows: figures carry theirs as plain text. */
export function isUnit(text: string): text is Unit {
  return UNITS.includes(text);
}

/** A value in SI base units for people: `1.16 TB/s`, `251 W`, `93 %`, `3 h 12 min`; three digits that mean something. Null, undefined and NaN are `–`. */
export function formatValue(value: number | null | undefined, unit: Unit): string {
  if (value === null || value === undefined || Number.isNaN(value)) return ABSENT;
  if (unit === 'seconds') return formatDuration(value);
  if (unit === 'ratio') return formatPercent(value);
  return withScale(value, scaleOf(value, unit));
}

/** A value against its limit in one scale: `251 of 400 W`, `36.8 of 42.9 GB`. Without a limit the plain value; without a value `–`. */
export function formatAgainst(value: number | null | undefined, limit: number | null | undefined, unit: Unit): string {
  if (value === null || value === undefined || Number.isNaN(value)) return ABSENT;
  if (limit === null || limit === undefined || Number.isNaN(limit) || unit === 'ratio') return formatValue(value, unit);
  if (unit === 'seconds') return `${formatDuration(value)} of ${formatDuration(limit)}`;
  const scale = scaleOf(limit, unit);
  return `${digits(value / scale.factor, scale.whole)} of ${withScale(limit, scale)}`;
}

/** A figure of a verdict, whose unit is text: known units as `formatValue`, others with the text behind the number. */
export function formatFigure(value: number | null | undefined, unit: string): string {
  if (isUnit(unit)) return formatValue(value, unit);
  if (value === null || value === undefined || Number.isNaN(value)) return ABSENT;
  return `${digits(value, false)} ${unit}`.trimEnd();
}

/** What a metric's value can be, for whoever sent another one: `0 to 5000 W`, `-60 °C to 200 °C`. */
export function formatLimits(id: MetricId): string {
  const { least, most } = limitsOf(id);
  const { unit } = METRICS[id];
  return `${least === 0 ? '0' : formatValue(least, unit)} to ${formatValue(most, unit)}`;
}

/** Why a number cannot be a metric's value, in words; null where it can, and where it is absent (NaN). Asked of all that enters: by ingest, and by a diagnosis. */
export function faultOfValue(id: MetricId, value: number): string | null {
  return Number.isNaN(value) || plausible(id, value) ? null : `${value} ${METRICS[id].unit} is out of range, expected ${formatLimits(id)}`;
}

/** A share of time as a percentage: `93 %`, `0.4 %`, `<0.1 %`; shares above one stay above 100 %. */
export function formatPercent(ratio: number | null | undefined): string {
  if (ratio === null || ratio === undefined || Number.isNaN(ratio)) return ABSENT;
  const percent = ratio * 100;
  const size = Math.abs(percent);
  if (size > 0 && size < 0.05) return '<0.1 %';
  return size > 0 && size < 0.95 ? `${percent.toFixed(1)} %` : `${percent.toFixed(0)} %`;
}

/** A factor: `1.08 ×`, `3.5 ×`, `12 ×`. */
export function formatFactor(factor: number | null | undefined): string {
  if (factor === null || factor === undefined || Number.isNaN(factor)) return ABSENT;
  return `${factor < 2 ? factor.toFixed(2) : factor < 10 ? factor.toFixed(1) : factor.toFixed(0)} ×`;
}

/** A length of time in at most two units: `340 ms`, `12 s`, `1 min 05 s`, `3 h 12 min`, `2 d 4 h`. */
export function formatDuration(seconds: number | null | undefined): string {
  if (seconds === null || seconds === undefined || Number.isNaN(seconds)) return ABSENT;
  if (seconds < 0) return `−${formatDuration(-seconds)}`;
  if (seconds === 0) return '0 s';
  if (seconds < 0.001) return `${(seconds * 1e6).toFixed(0)} µs`;
  if (seconds < 0.9995) return `${digits(seconds * 1e3, false)} ms`;
  if (seconds < 9.95) return `${trimmed(seconds.toFixed(1))} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return pair(Math.floor(whole / 60), 'min', whole % 60, 's', true);
  const minutes = Math.round(seconds / 60);
  if (minutes < 1440) return pair(Math.floor(minutes / 60), 'h', minutes % 60, 'min', true);
  const hours = Math.round(seconds / 3600);
  return pair(Math.floor(hours / 24), 'd', hours % 24, 'h', false);
}

/** GPU-hours of so many GPUs over so many seconds: `0.33 GPU-hours`, `6.0 GPU-hours`, `12 GPU-hours`. */
export function formatGpuHours(gpus: number, seconds: number): string {
  const hours = (gpus * seconds) / 3600;
  return `${hours >= 9.95 ? hours.toFixed(0) : hours >= 0.995 ? hours.toFixed(1) : hours.toFixed(2)} GPU-hours`;
}

/** A function that writes every tick of one axis in the same scale, short: `0`, `0.5`, `1 TB/s`. `top` is the axis's largest value. */
export function tickFormat(top: number, unit: Unit): (value: number) => string {
  if (unit === 'ratio') return (value) => `${trimmed((value * 100).toFixed(1))} %`;
  if (unit === 'seconds') return (value) => formatDuration(value);
  const scale = scaleOf(top, unit);
  return (value) => (value === 0 ? '0' : `${short(value / scale.factor)}${scale.suffix}`);
}

function short(value: number): string {
  return Math.abs(value) >= 999.5 ? value.toFixed(0) : trimmed(value.toPrecision(3));
}

function scaleOf(value: number, unit: Exclude<Unit, 'ratio' | 'seconds'>): Scale {
  const size = Math.abs(value);
  if (unit === 'celsius') return { factor: 1, suffix: ' °C', whole: true };
  // Clocks are spoken of in MHz, above 1 GHz too.
  if (unit === 'hertz') return size < 1e6 ? { factor: 1, suffix: ' Hz', whole: true } : { factor: 1e6, suffix: ' MHz', whole: true };
  const { sign, prefixFrom, whole } = SIGNS[unit];
  const exponent = size < prefixFrom ? 0 : Math.min(PREFIXES.length - 1, Math.floor(Math.log10(roundedUp(size)) / 3));
  const suffix = `${PREFIXES[exponent] ?? ''}${sign}`;
  return { factor: 1000 ** exponent, suffix: suffix === '' ? '' : ` ${suffix}`, whole: whole && exponent === 0 };
}

/** 999,600 B is printed as 1.00 MB, not as 1000 kB: round to the digits shown before choosing the prefix. */
function roundedUp(size: number): number {
  return Number(size.toPrecision(3));
}

function withScale(value: number, scale: Scale): string {
  return `${digits(value / scale.factor, scale.whole)}${scale.suffix}`;
}

/** Three significant digits, never an exponent; whole numbers where a fraction means nothing (a byte, a request). */
function digits(value: number, whole: boolean): string {
  const size = Math.abs(value);
  if (size >= 99.95 || value === 0) return value.toFixed(0);
  if (whole && Number.isInteger(value)) return value.toFixed(0);
  if (size >= 9.995) return value.toFixed(1);
  if (size >= 0.0995) return value.toFixed(2);
  return trimmed(value.toPrecision(2));
}

function trimmed(text: string): string {
  return text.includes('.') && !text.includes('e') ? text.replace(/(?<!0)0+$/, '').replace(/\.$/, '') : text;
}

function pair(large: number, largeUnit: string, small: number, smallUnit: string, pad: boolean): string {
  if (small === 0) return `${large} ${largeUnit}`;
  return `${large} ${largeUnit} ${pad ? String(small).padStart(2, '0') : small} ${smallUnit}`;
}
