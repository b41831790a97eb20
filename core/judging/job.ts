import { type Activity, type Bottleneck, markOf, type Phase, SHARE_KEYS, type Shares, type Verdict } from '../contract/index.ts';
import { isAtWork } from './at-work.ts';
import { UNGRADED } from './evidence.ts';
import { MAJORITY, MIXED_CAP, SAME_EDGE, WORTH_NAMING } from './thresholds.ts';
import { NO_PROGRESS } from './spinning.ts';
import type { Stretch } from './stretches.ts';

/**
 * The verdict of a time line (§7.6.5): the label with most seconds, told by its longest phase, never by a mean over phases.
 * Idle counts in rests, which are what the finding tells; shorter pauses and tails do not outvote the work, if there is a tenth of it.
 */
export function prevailing(phases: readonly Phase[], rests: readonly Stretch<Phase>[]): Verdict | null {
  const counted = phases.filter(isAtWork);
  const time = (list: readonly Phase[]) => list.reduce((sum, { from, to }) => sum + to - from, 0);
  const voting = time(counted) < WORTH_NAMING * time(phases) ? phases : [...counted, ...rests.flatMap((rest) => rest.phases)];
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

/** The job's phases: between any two edges of its GPUs the GPUs' verdicts are put together, and equal neighbours joined. */
export function jobPhases(lines: readonly (readonly Phase[])[], period: number): Phase[] {
  const [only, ...others] = lines.filter((line) => line.length > 0);
  if (only === undefined) return [];
  if (others.length === 0) return [...only];
  const edges = commonEdges(
    lines.flatMap((line) => line.flatMap(({ from, to }) => [from, to])),
    SAME_EDGE * period,
  );
  const readers = lines.map(voiceReader);
  const out: Phase[] = [];
  for (let k = 1; k < edges.length; k += 1) {
    const from = edges[k - 1] ?? Number.NaN;
    const to = edges[k] ?? Number.NaN;
    const voices = readers.map((voice) => voice(from, to)).filter((voice) => voice !== null);
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

/** A slow-down parts neighbours with one label: what holds in it is not so beside it. */
function same(a: Verdict, b: Verdict): boolean {
  return a.bottleneck === b.bottleneck && a.activity === b.activity && markOf(a) === markOf(b);
}

/** The verdict of one GPU that covers most of the time between two edges; null where it has none. Edges are asked in order. */
function voiceReader(line: readonly Phase[]): (from: number, to: number) => Voice | null {
  let cursor = 0;
  return (from, to) => {
    while (cursor < line.length && (line[cursor]?.to ?? Number.POSITIVE_INFINITY) <= from) cursor += 1;
    let best: Voice | null = null;
    for (let k = cursor; k < line.length; k += 1) {
      const phase = line[k];
      if (phase === undefined || phase.from >= to) break;
      const weight = Math.min(phase.to, to) - Math.max(phase.from, from);
      if (weight > 0 && (best === null || weight > best.weight)) best = { verdict: phase.verdict, weight };
    }
    return best === null ? null : { verdict: best.verdict, weight: 1 };
  };
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

/** One GPU's verdict over the same time as its neighbours'. */
export interface Voice {
  readonly verdict: Verdict;
  readonly weight: number;
}

interface Group {
  readonly bottleneck: Bottleneck;
  weight: number;
  count: number;
  best: Voice;
}

/**
 * The verdict on several GPUs (§7.6.6): each was judged by itself; equal labels are grouped; more than half of the working
 * ones decide, and their part multiplies the grade; otherwise the job is mixed. Idle ones enter no mean.
 */
export function verdictOf(voices: readonly Voice[]): Verdict | null {
  const [first] = voices;
  if (first === undefined) return null;
  const working = voices.filter(isAtWork);
  if (working.length === 0) return largest(groupsOf(voices))?.best.verdict ?? first.verdict;
  const groups = groupsOf(working);
  const top = largest(groups);
  if (top === null) return first.verdict;
  const total = working.reduce((sum, voice) => sum + voice.weight, 0);
  const part = top.weight / total;
  const idle = voices.length - working.length;
  const extra = idle > 0 ? [`${idle} of ${voices.length} GPUs idle: not counted`] : [];
  const stuck = working.filter(({ verdict }) => verdict.modifiers.includes(NO_PROGRESS)).length;
  if (stuck > 0 && stuck < working.length) extra.push(`${working.length - stuck} of ${working.length} GPUs work, the others wait`);
  if (part > MAJORITY) return withPart(top, { part, working: working.length, extra });
  const spread = groups.map((group) => `${group.count} ${group.bottleneck}`).join(', ');
  return {
    ...top.best.verdict,
    bottleneck: 'balanced',
    second: null,
    lean: null,
    activity: working.every(({ verdict }) => verdict.activity === top.best.verdict.activity) ? top.best.verdict.activity : 'unknown',
    grade: round(Math.min(MIXED_CAP, top.best.verdict.grade * part)),
    gradeWhy: `mixed: no verdict on more than half of the ${working.length} working GPUs, at most ${MIXED_CAP.toFixed(2)}`,
    headroom: null,
    relief: null,
    candidates: groups.map((group) => group.bottleneck),
    why: [`mixed over ${working.length} GPUs: ${spread}`, ...extra, ...groups.map((group) => `${group.bottleneck}: ${group.best.verdict.why[0] ?? ''}`)],
  };
}

/** A group's verdict, weighed by its part (0–1) of the GPUs that work. */
function withPart(group: Group, { part, working, extra }: { part: number; working: number; extra: readonly string[] }): Verdict {
  const { verdict } = group.best;
  if (part === 1) return extra.length === 0 ? verdict : { ...verdict, why: [...verdict.why, ...extra] };
  return {
    ...verdict,
    grade: round(verdict.grade * part),
    gradeWhy: `${verdict.gradeWhy}; × ${part.toFixed(2)}: ${group.count} of ${working} working GPUs`,
    why: [...verdict.why, `so on ${group.count} of ${working} working GPUs`, ...extra],
  };
}

function groupsOf(voices: readonly Voice[]): Group[] {
  const groups: Group[] = [];
  for (const voice of voices) {
    const known = groups.find((group) => group.bottleneck === voice.verdict.bottleneck);
    if (known === undefined) {
      groups.push({ bottleneck: voice.verdict.bottleneck, weight: voice.weight, count: 1, best: voice });
      continue;
    }
    known.weight += voice.weight;
    known.count += 1;
    if (voice.verdict.grade > known.best.verdict.grade) known.best = voice;
  }
  return groups;
}

function largest(groups: readonly Group[]): Group | null {
  return groups.reduce<Group | null>((best, group) => (best === null || group.weight > best.weight ? group : best), null);
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}

const NO_SHARES = Object.fromEntries(SHARE_KEYS.map((key) => [key, null])) as Shares; // keys are the table's

/** The verdict where nothing was measured. */
export const NOTHING_KNOWN: Verdict = {
  bottleneck: 'unknown',
  second: null,
  lean: null,
  activity: 'unknown',
  activityGrade: 0,
  tier: 'C',
  evidence: [],
  ...UNGRADED,
  headroom: null,
  relief: null,
  shares: NO_SHARES,
  tree: { empty: {}, busy: {}, unexplained: null, unexplainedAtLeast: null },
  split: null,
  modifiers: [],
  figures: [],
  candidates: [],
  missing: ['any reading of a GPU, an engine or a host'],
  why: ['nothing was measured'],
  advice: [],
  tries: [],
};
