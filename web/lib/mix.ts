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

/** Activities that say more than the limits beside them: none where all of the time is idle, or nothing is known of it. */
export function tellingActivities({
  bottleneck,
  activity,
}: {
  bottleneck: Readonly<Record<string, number>>;
  activity: Readonly<Record<string, number>>;
}): MixPart[] {
  const parts = sortedMix(activity);
  const idle = sortedMix(bottleneck).find(({ key }) => key === 'idle')?.share;
  const says = (part: MixPart): boolean => part.key !== 'unknown' && !(part.key === 'idle' && idle !== undefined);
  return parts.some(says) ? parts : [];
}

/** True for the id of a bottleneck. */
export function isBottleneck(key: string): key is Bottleneck {
  return Object.hasOwn(BOTTLENECK_LABELS, key);
}
