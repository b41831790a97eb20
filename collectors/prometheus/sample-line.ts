import { parseDecimal } from '../text/index.ts';
import { closingBrace, type LabelBlock, parseLabels } from './labels.ts';

/** Value, time and where the key of the series ends, of one sample line. */
export interface SampleLine<Series> {
  /** What `find` said of the series. */
  series: Series | null;
  /** NaN both for `NaN` and where a fault is set. */
  value: number;
  /** Seconds since 1970; null where the line carries no time. */
  at: number | null;
  fault: string | null;
}

const NONE = -1;

/**
 * Splits a sample line. `find` looks the series up by its name and labels as they stand; value and time are read only where it is
 * `wanted`, since most series of a page are not ours.
 */
export function readSample<Series extends { readonly wanted: boolean }>(line: string, find: (key: string) => Series): SampleLine<Series> {
  const result: SampleLine<Series> = { series: null, value: Number.NaN, at: null, fault: null };
  const start = skipBlanks(line, 0);
  const first = line.charCodeAt(start);
  if (!isNameStart(first)) return faulty(result, 'expected the name of a metric');
  const keyEnd = endOfKey(line, start);
  if (keyEnd === NONE) return faulty(result, 'expected } after the labels');
  const valueStart = skipBlanks(line, keyEnd);
  if (valueStart >= line.length) return faulty(result, 'expected a value after the name');
  const series = find(line.slice(start, keyEnd));
  result.series = series;
  if (!series.wanted) return result;
  const valueEnd = endOfToken(line, valueStart);
  const value = parseValue(line.slice(valueStart, valueEnd));
  if (value === null) return faulty(result, 'expected a number as the value');
  result.value = value;
  const timeStart = skipBlanks(line, valueEnd);
  if (timeStart >= line.length || line.charCodeAt(timeStart) === HASH) return result; // `#` starts an exemplar
  const timeEnd = endOfToken(line, timeStart);
  const time = parseDecimal(line.slice(timeStart, timeEnd));
  if (time === null) return faulty(result, 'expected a time stamp after the value');
  const rest = skipBlanks(line, timeEnd);
  if (rest < line.length && line.charCodeAt(rest) !== HASH) return faulty(result, 'expected nothing after the time stamp');
  result.at = secondsOf(time);
  return result;
}

/** Name and labels of a series from its key; null where they are malformed. */
export function readKey(key: string): { name: string; labels: LabelBlock['labels'] } | null {
  const open = key.indexOf('{');
  if (open < 0) return { name: key, labels: new Map() };
  const block = parseLabels(key.slice(open + 1, -1));
  if (block === null) return null;
  const name = open === 0 ? (block.name ?? block.labels.get('__name__')) : key.slice(0, open).trim(); // `promtool tsdb dump` writes __name__
  return name === undefined || name === '' ? null : { name, labels: block.labels };
}

const HASH = 35;

/** The value of a sample as Go and Python write it; null for anything else. */
export function parseValue(text: string): number | null {
  const plain = parseDecimal(text);
  if (plain !== null) return plain;
  switch (text.toLowerCase()) {
    case 'nan':
      return Number.NaN;
    case '+inf':
    case 'inf':
    case '+infinity':
    case 'infinity':
      return Number.POSITIVE_INFINITY;
    case '-inf':
    case '-infinity':
      return Number.NEGATIVE_INFINITY;
    default:
      return null;
  }
}

/** Prometheus writes milliseconds, OpenMetrics seconds: 10¹¹ is the year 5138 in the one and 1973 in the other. */
function secondsOf(time: number): number {
  return Math.abs(time) >= 1e11 ? time / 1000 : time;
}

function endOfKey(line: string, start: number): number {
  for (let at = start; at < line.length; at += 1) {
    const code = line.charCodeAt(at);
    if (code === 123) {
      const close = closingBrace(line, at);
      return close < 0 ? NONE : close + 1;
    }
    if (code === 32 || code === 9) {
      const next = skipBlanks(line, at);
      if (line.charCodeAt(next) !== 123) return at;
      at = next - 1;
    } else if (!isNamePart(code)) return NONE;
  }
  return line.length;
}

function isNameStart(code: number): boolean {
  return (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || code === 95 || code === 58 || code === 123;
}

function isNamePart(code: number): boolean {
  return isNameStart(code) || (code >= 48 && code <= 57) || code === 46 || code === 45;
}

function skipBlanks(line: string, from: number): number {
  let at = from;
  while (line.charCodeAt(at) === 32 || line.charCodeAt(at) === 9) at += 1;
  return at;
}

function endOfToken(line: string, from: number): number {
  let at = from;
  while (at < line.length && line.charCodeAt(at) !== 32 && line.charCodeAt(at) !== 9) at += 1;
  return at;
}

function faulty<Series>(result: SampleLine<Series>, fault: string): SampleLine<Series> {
  result.fault = fault;
  return result;
}
