import type { Bottleneck, Verdict } from '../contract/index.ts';
import { NO_PROGRESS } from './verdict.ts';
import { MAJORITY, MIXED_CAP } from './thresholds.ts';

/** One GPU's verdict over the same stretch of time as its neighbours'. */
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
  const working = voices.filter(({ verdict }) => verdict.bottleneck !== 'idle');
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
  if (part > MAJORITY) return withPart(top, part, working.length, extra);
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

function withPart(group: Group, part: number, working: number, extra: readonly string[]): Verdict {
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
