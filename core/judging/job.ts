import type { Activity, Bottleneck, Phase, Verdict } from '../contract/index.ts';
import { IDLE_FINDING_SECONDS, WORTH_NAMING } from './thresholds.ts';
import { verdictOf, type Voice } from './group.ts';

/**
 * The verdict of a time line (§7.6.5): the label with most seconds, told by its longest phase, never by a mean over phases.
 * Idle counts where it lasts as long as the finding asks; shorter pauses and tails do not outvote the work, if there is a tenth of it.
 */
export function prevailing(phases: readonly Phase[]): Verdict | null {
  const counted = phases.filter(({ verdict }) => verdict.bottleneck !== 'idle');
  const long = phases.filter(({ verdict, from, to }) => verdict.bottleneck === 'idle' && to - from >= IDLE_FINDING_SECONDS);
  const time = (list: readonly Phase[]) => list.reduce((sum, { from, to }) => sum + to - from, 0);
  const voting = time(counted) < WORTH_NAMING * time(phases) ? phases : [...counted, ...long];
  const seconds = new Map<Bottleneck, number>();
  for (const { verdict, from, to } of voting) seconds.set(verdict.bottleneck, (seconds.get(verdict.bottleneck) ?? 0) + to - from); // nothing counted yet is 0 s
  let best: Bottleneck | null = null;
  for (const [label, many] of seconds) if (best === null || many > (seconds.get(best) ?? many)) best = label;
  const longest = voting
    .filter(({ verdict }) => verdict.bottleneck === best)
    .reduce<Phase | null>((top, phase) => (top === null || phase.to - phase.from > top.to - top.from ? phase : top), null);
  return longest?.verdict ?? null;
}

/** GPU-seconds per bottleneck and per activity. */
export function mixOf(lines: readonly (readonly Phase[])[]): { bottleneck: Partial<Record<Bottleneck, number>>; activity: Partial<Record<Activity, number>> } {
  const bottleneck: Partial<Record<Bottleneck, number>> = {};
  const activity: Partial<Record<Activity, number>> = {};
  for (const { from, to, verdict } of lines.flat()) {
    bottleneck[verdict.bottleneck] = (bottleneck[verdict.bottleneck] ?? 0) + to - from; // no time yet is 0 s
    activity[verdict.activity] = (activity[verdict.activity] ?? 0) + to - from;
  }
  return { bottleneck, activity };
}

/** Edges of different GPUs this many bins apart are one edge of the job. */
const SAME_EDGE = 2;

/** The job's phases: between any two edges of its GPUs the GPUs' verdicts are put together, and equal neighbours joined. */
export function jobPhases(lines: readonly (readonly Phase[])[], period: number): Phase[] {
  const [only, ...others] = lines.filter((line) => line.length > 0);
  if (only === undefined) return [];
  if (others.length === 0) return [...only];
  const edges = commonEdges(
    lines.flatMap((line) => line.flatMap(({ from, to }) => [from, to])),
    SAME_EDGE * period,
  );
  const cursors = lines.map(() => 0);
  const out: Phase[] = [];
  for (let k = 1; k < edges.length; k += 1) {
    const from = edges[k - 1] ?? Number.NaN;
    const to = edges[k] ?? Number.NaN;
    const voices = lines.map((line, i) => voiceAt(line, cursors, i, from, to)).filter((voice) => voice !== null);
    const verdict = verdictOf(voices);
    if (verdict === null) continue;
    const last = out[out.length - 1];
    if (last !== undefined && last.to === from && same(last.verdict, verdict)) {
      const longer = to - from > last.to - last.from ? verdict : last.verdict;
      out[out.length - 1] = { from: last.from, to, verdict: longer };
    } else out.push({ from, to, verdict });
  }
  return out;
}

function same(a: Verdict, b: Verdict): boolean {
  return a.bottleneck === b.bottleneck && a.activity === b.activity;
}

/** The verdict of one GPU that covers most of a stretch; its weight is how much. */
function voiceAt(line: readonly Phase[], cursors: number[], i: number, from: number, to: number): Voice | null {
  let cursor = cursors[i] ?? 0;
  while (cursor < line.length && (line[cursor]?.to ?? Number.POSITIVE_INFINITY) <= from) cursor += 1;
  cursors[i] = cursor;
  let best: Voice | null = null;
  for (let k = cursor; k < line.length; k += 1) {
    const phase = line[k];
    if (phase === undefined || phase.from >= to) break;
    const weight = Math.min(phase.to, to) - Math.max(phase.from, from);
    if (weight > 0 && (best === null || weight > best.weight)) best = { verdict: phase.verdict, weight };
  }
  return best === null ? null : { verdict: best.verdict, weight: 1 };
}

/** Sorted edges, with those closer than `near` to the one before left out; the last edge always stays. */
function commonEdges(all: readonly number[], near: number): number[] {
  const sorted = [...new Set(all)].sort((a, b) => a - b);
  const out: number[] = [];
  for (const edge of sorted) {
    const last = out[out.length - 1];
    if (last === undefined || edge - last > near) out.push(edge);
  }
  const end = sorted[sorted.length - 1];
  if (end !== undefined && out[out.length - 1] !== end) {
    if (out.length > 1) out[out.length - 1] = end;
    else out.push(end);
  }
  return out;
}
