import { parseDecimal } from '../text/index.ts';

const POWERS: Readonly<Record<string, number>> = { B: 1, K: 1024, M: 1024 ** 2, G: 1024 ** 3, T: 1024 ** 4, P: 1024 ** 5 };

/**
 * Sizes as procps and htop print them: `3861332` in the unit that the tool states (KiB by default), `1.6g`, `246M`, `3.71G`, `217Mi`.
 * Null for anything else, and for `19650371+`: a number that did not fit the column is cut, hence unknown. Bytes.
 */
export function parseSize(text: string, plainUnit: keyof typeof POWERS = 'K'): number | null {
  const match = /^([\d.,]+)([BKMGTP])?i?B?$/i.exec(text);
  if (match === null) return null;
  const value = parseDecimal((match[1] ?? '').replace(',', '.'));
  const power = POWERS[(match[2] ?? plainUnit).toUpperCase()];
  return value === null || power === undefined ? null : Math.round(value * power);
}
