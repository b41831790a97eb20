import type { Unit } from '../../core/readings/index.ts';
import { isAbsent, isUnitName, parseDecimal, toSi, UNITS } from '../text/index.ts';

/** A cell of a panel: a bare number in the series' own unit, or one that Grafana wrote with a unit, in SI. */
export type PanelValue =
  { readonly kind: 'plain'; readonly value: number } | { readonly kind: 'si'; readonly value: number; readonly unit: Unit } | 'absent' | 'unrecognised';

/** "short" and its kin: 1.2 K, 3.4 Mil, 5 Bil; the SI prefixes alone mean the same. */
const SHORT: Readonly<Record<string, number>> = { K: 1e3, k: 1e3, Mil: 1e6, M: 1e6, Bil: 1e9, G: 1e9, Tri: 1e12, T: 1e12 };

/** What Grafana writes and no tool does. A `b` is a bit. */
const MORE: Readonly<Record<string, { readonly unit: Unit; readonly mul: number }>> = {
  'b/s': { unit: 'bytes/s', mul: 1 / 8 },
  'kb/s': { unit: 'bytes/s', mul: 125 },
  'Kb/s': { unit: 'bytes/s', mul: 125 },
  'Mb/s': { unit: 'bytes/s', mul: 125e3 },
  'Gb/s': { unit: 'bytes/s', mul: 125e6 },
  'Tb/s': { unit: 'bytes/s', mul: 125e9 },
  'TB/s': { unit: 'bytes/s', mul: 1e12 },
  'TiB/s': { unit: 'bytes/s', mul: 1024 ** 4 },
  PB: { unit: 'bytes', mul: 1e15 },
  PiB: { unit: 'bytes', mul: 1024 ** 5 },
  kJ: { unit: 'joules', mul: 1e3 },
  MJ: { unit: 'joules', mul: 1e6 },
  GJ: { unit: 'joules', mul: 1e9 },
  Wh: { unit: 'joules', mul: 3600 },
  kWh: { unit: 'joules', mul: 3.6e6 },
  MW: { unit: 'watts', mul: 1e6 },
  min: { unit: 'seconds', mul: 60 },
  mins: { unit: 'seconds', mul: 60 },
  hour: { unit: 'seconds', mul: 3600 },
  hours: { unit: 'seconds', mul: 3600 },
  day: { unit: 'seconds', mul: 86_400 },
  days: { unit: 'seconds', mul: 86_400 },
  week: { unit: 'seconds', mul: 604_800 },
  weeks: { unit: 'seconds', mul: 604_800 },
};

/** Reads a cell of an exported panel: `93%`, `12.5 GB/s`, `1.2 K`, `312 W`, `45 °C`, `undefined`, nothing. */
export function readPanelValue(cell: string): PanelValue {
  const text = cell.trim();
  const bare = parseDecimal(text);
  if (bare !== null) return { kind: 'plain', value: bare };
  if (isAbsent(text) || text === 'undefined') return 'absent';
  const number = /^[-+]?[\d.]+(?:[eE][-+]?\d+)?/.exec(text)?.[0] ?? '';
  const value = parseDecimal(number);
  const word = text.slice(number.length).trimStart();
  if (value === null || word === '') return 'unrecognised';
  if (isUnitName(word) && word !== 'count') return { kind: 'si', value: toSi(value, word), unit: UNITS[word].unit };
  const more = Object.hasOwn(MORE, word) ? MORE[word] : undefined;
  if (more !== undefined) return { kind: 'si', value: value * more.mul, unit: more.unit };
  const short = /^(K|k|Mil|M|Bil|G|Tri|T)?\s*(?:[a-z]+\/s|[a-z]*ps|reqps)?$/.exec(word); // 1.2K req/s, 3 ops/s: per second, of whatever it is
  if (short === null) return 'unrecognised';
  const factor = short[1] === undefined ? 1 : SHORT[short[1]];
  return factor === undefined ? 'unrecognised' : { kind: 'plain', value: value * factor };
}
