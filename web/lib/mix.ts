import { type Bottleneck, BOTTLENECK_LABELS } from '../../core/contract/index.ts';

export interface MixPart {
  readonly key: string;
  readonly seconds: number;
  readonly share: number;
}

/** GPU time per label as shares of its sum, largest first; labels with none are left out. */
export function sortedMix(seconds: Readonly<Record<string, number>>): MixPart[] {
  const sum = Object.values(seconds).reduce((total, one) => total + one, 0);
  return Object.entries(seconds)
    .filter(([, one]) => one > 0)
    .sort(([, a], [, b]) => b - a)
    .map(([key, one]) => ({ key, seconds: one, share: one / sum }));
}

/** True for the id of a bottleneck. */
export function isBottleneck(key: string): key is Bottleneck {
  return Object.hasOwn(BOTTLENECK_LABELS, key);
}
