import type { SubjectClock } from './clocks.ts';
import type { Decision } from './decision.ts';
import type { GradeInput } from './evidence.ts';
import type { WindowShares } from './shares.ts';
import { CEILINGS, FLIP_CAP } from './thresholds.ts';

/** Asked for where a verdict rests on a clock that is assumed. */
const REMEDY = 'when each sample was taken: print a date before it (date -Is), or run the tools with their time stamps on';

/**
 * The sources whose samples are as far apart as assumed; the same for those of one source, which are right beside each other. Where a source
 * begins, and its zone, are only said: no rate of its own depends on them.
 */
function placeOf({ assumed }: SubjectClock): string {
  return assumed.flatMap(({ kind, source }) => (kind === 'period' ? [source] : [])).join(' ');
}

/** Whether an engine's rates or a host's counters are laid beside a GPU, or beside each other, by assumption. */
function areApart(clocks: readonly SubjectClock[], of: readonly SubjectClock['of'][]): boolean {
  return new Set(clocks.filter((clock) => of.includes(clock.of)).map(placeOf)).size > 1;
}

/** Whether a label rests on what an engine tells over time. A state that its own gauges show needs no clock; nor do means of a GPU's own counters. */
function restsOnEngine({ memoryFrom, computeFrom, subject }: WindowShares, { bottleneck, evidence }: Decision): boolean {
  const memory = memoryFrom === 'model' || memoryFrom === 'nvml';
  const compute = computeFrom === 'model';
  if (bottleneck === 'capacity') return false;
  if (bottleneck === 'memory') return memory;
  if (bottleneck === 'compute') return compute;
  if (bottleneck === 'balanced' || bottleneck === 'overhead') return memory || compute;
  return evidence.includes(subject.engineName ?? 'engine');
}

/** A rate over an assumed clock, and a join of two clocks of which one is assumed, prove at most half. */
export function clockDoubt(window: WindowShares, decision: Decision): { readonly caps: GradeInput['caps']; readonly missing: readonly string[] } {
  const { clocks } = window.subject;
  const added = clocks.some((clock) => clock.of === 'engine' && clock.assumed.some(({ kind }) => kind === 'steps'));
  const apart = areApart(clocks, ['gpu', 'engine']);
  const engine = restsOnEngine(window, decision);
  const host = decision.evidence.includes('proc') && areApart(clocks, ['gpu', 'host']);
  const caps = [
    ...(engine && added ? [{ value: FLIP_CAP, why: 'it rests on rates over step times added up, which leave out the pauses between them' }] : []),
    ...((engine && apart) || host ? [{ value: FLIP_CAP, why: 'its sources are laid beside each other by an assumed clock' }] : []),
    ...(!engine && (added || apart) ? [{ value: CEILINGS.single, why: 'counter and model agree only if an assumed clock is right' }] : []),
  ];
  return { caps, missing: caps.some(({ value }) => value === FLIP_CAP) ? [REMEDY] : [] };
}
