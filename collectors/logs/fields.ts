import { parseDecimal } from '../text/index.ts';

const NUMBER = /^\s*([-+]?\d[\d,]*(?:\.\d+)?(?:[eE][-+]?\d+)?|[-+]?\.\d+)/;
const SUFFIXES: Readonly<Record<string, number>> = { K: 1e3, k: 1e3, M: 1e6, B: 1e9, G: 1e9, T: 1e12 };

/** The number that stands after a label (`Running: 12 reqs` → 12); null where the label or the number is missing. */
export function numberAfter(line: string, label: string): number | null {
  const at = line.indexOf(label);
  return at < 0 ? null : leadingNumber(line.slice(at + label.length, at + label.length + 40));
}

/** The same with a decimal suffix glued to it (`elapsed_time_per_iteration_ms: 4.71K` → 4710). */
export function scaledAfter(line: string, label: string): number | null {
  const at = line.indexOf(label);
  if (at < 0) return null;
  const rest = line.slice(at + label.length, at + label.length + 40);
  const match = NUMBER.exec(rest);
  const value = leadingNumber(rest);
  if (match === null || value === null) return null;
  return value * (SUFFIXES[rest.charAt(match[0].length)] ?? 1);
}

/** A per-cent number after a label, as a ratio. */
export function ratioAfter(line: string, label: string): number | null {
  const value = numberAfter(line, label);
  return value === null ? null : value / 100;
}

function leadingNumber(text: string): number | null {
  const match = NUMBER.exec(text);
  return match?.[1] === undefined ? null : parseDecimal(match[1].replaceAll(',', ''));
}
