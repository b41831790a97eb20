import { BOTTLENECK_LABELS, SHARE_LABELS } from '../../../core/contract/index.ts';
import { SHARE_BARS } from '../../../web/lib/words.ts';
import type { Told } from './read-page.ts';

/** What rounding to the digits shown may add to a ratio of two numbers. */
const ROUNDING = 1.01;
/** Points between two percentages of one quantity, each rounded for itself. */
const POINTS = 1.5;
/** The same where a figure of two or three digits is divided by another. */
const FIGURE_POINTS = 2.5;
/** Points between a whole and its parts, each rounded for itself. */
const WHOLE_POINTS = 2;
/** More than this of a time in which nothing runs contradicts “Idle”, per cent. */
const BUSY_WHILE_IDLE = 10;

/** Sentences on what a page says against itself; empty when all agrees. */
export function contradictionsOf(told: Told): string[] {
  return [...beyondEverything(told), ...unequal(told), ...againstTheHeading(told)];
}

function beyondEverything({ text, pairs, percentages, headrooms, gains }: Told): string[] {
  return [
    ...[...text.matchAll(/(?<![\w/])(?:NaN|undefined|null|Infinity|\[object \w+\])(?=$|[^\w.])/g)].map(([word]) => `“${word}” is printed`),
    ...pairs.filter(({ value, ceiling }) => value > ceiling * ROUNDING).map(({ value, ceiling, unit }) => `${value} of ${ceiling} ${unit} is over the ceiling`),
    ...percentages.filter((share) => share > 100).map((share) => `${share} % is more than everything`),
    ...headrooms.filter((factor) => factor < 1).map((factor) => `headroom ${factor} × is less than none`),
    ...gains.filter((factor) => factor < 1).map((factor) => `a gain of ${factor} × is a loss`),
  ];
}

function unequal({ why, figures, table, shares, time, headroom, heading }: Told): string[] {
  const out: string[] = [];
  const same = (what: string, one: number | undefined, other: number | undefined, points = POINTS) => {
    if (one !== undefined && other !== undefined && Math.abs(one - other) > points) out.push(`${what}: ${one.toFixed(1)} % and ${other.toFixed(1)} %`);
  };
  for (const label of [SHARE_LABELS.memory, SHARE_LABELS.compute]) {
    const part = partOf(figures.get(label) ?? '');
    same(`${label.toLowerCase()}, figure and share`, part === null ? undefined : 100 * part, shares.get(label), FIGURE_POINTS);
  }
  const busy = Number.parseFloat(table.get(SHARE_LABELS.busy)?.[0] ?? '');
  for (const [label, share] of shares) {
    const told = why.map((line) => new RegExp(`^${label} ([\\d.]+) % of the achievable`).exec(line)?.[1]).find((one) => one !== undefined);
    same(`${label}, sentence and share`, told === undefined ? undefined : Number(told), share);
    // No part of the time is more than the GPU was busy, however near its ceiling it was then.
    same(`${label}, time bar and share`, time.get(`busy, ${label.toLowerCase()}`), Number.isNaN(busy) ? share : Math.min(share, busy));
  }
  const limits = SHARE_BARS.filter((bar) => heading.toLowerCase().startsWith(BOTTLENECK_LABELS[bar.colour].toLowerCase())).flatMap(
    ({ label }) => shares.get(label) ?? [],
  );
  if (headroom !== null && limits.length > 0) same('headroom and the share of what limits', 100 / headroom, Math.max(...limits));
  const parts = [...time];
  const sum = (of: readonly (readonly [string, number])[]) => of.reduce((total, [, part]) => total + part, 0);
  if (parts.length > 0) {
    const empty = sum(parts.filter(([label]) => label.startsWith('empty,') || label === 'idle'));
    same('GPU busy with the empty time', Number.isNaN(busy) ? undefined : busy + empty, 100, WHOLE_POINTS);
    same('the time bar in all', sum(parts), 100, WHOLE_POINTS);
  }
  return out;
}

/** `0.21 of 1.24 TB/s` as a part; null for what is no such pair. */
function partOf(figure: string): number | null {
  const [, value, ceiling] = /^([\d.]+) of ([\d.]+) /.exec(figure) ?? [];
  return value === undefined ? null : Number(value) / Number(ceiling);
}

function againstTheHeading({ heading, time, headrooms, advice }: Told): string[] {
  const out: string[] = [];
  const label = heading.toLowerCase();
  if (label.startsWith(BOTTLENECK_LABELS.idle))
    for (const [part, share] of time) if (part.startsWith('busy,') && share > BUSY_WHILE_IDLE) out.push(`“${heading}” beside “${part} ${share} %”`);
  if (label.startsWith(BOTTLENECK_LABELS.unknown) && headrooms.length > 0) out.push(`“${heading}” beside a headroom of ${headrooms.join(', ')} ×`);
  if (label.startsWith('hung') && (/up to [\d.]+ ×/.test(advice) || !advice.includes('Nothing here can be tuned'))) out.push(`“${heading}” beside “${advice}”`);
  const cause = [...time.keys()].find((part) => part.startsWith('empty,') && label.startsWith(part.replace('empty, ', '').toLowerCase()));
  if (cause !== undefined && time.has('empty, cause not known')) out.push(`“${cause}” beside “empty, cause not known”`);
  return out;
}
