import type { Figure } from '../bench.ts';

/** The program that Headroom is measured against. */
export const NAME = 'VictoriaMetrics';

export interface Comparison {
  readonly what: string;
  readonly unit: string;
  readonly headroom: number;
  readonly victoria: number;
  readonly better: 'more' | 'less';
  /** How many times worse Headroom may be; left out where nobody says. */
  readonly most?: number;
}

/** A line of both; the ratio says how many times worse Headroom is (below 1: better). */
export function compared({ what, unit, headroom, victoria, better, most }: Comparison): Figure {
  const ratio = better === 'more' ? victoria / headroom : headroom / victoria;
  const budget = most === undefined ? {} : { budget: `≤ ${most} ×, aim 1 ×`, holds: ratio <= most };
  return { what, value: headroom, unit, peer: { name: NAME, value: victoria, ratio }, ...budget };
}
