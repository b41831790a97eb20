import { type AssumedClock, assumedClocks, type FactName } from '../readings/index.ts';
import type { GradeInput } from './evidence.ts';
import type { Decision } from './decision.ts';
import type { WindowShares } from './shares.ts';
import { CEILINGS, FLIP_CAP } from './thresholds.ts';

/** One of those that a subject is judged by, with what is assumed of the clock of its readings. */
export interface SubjectClock {
  readonly of: 'gpu' | 'engine' | 'host';
  /** Its name for texts. */
  readonly name: string;
  readonly assumed: readonly AssumedClock[];
}

/** What an entity's facts say of its clock. */
export function subjectClock(of: SubjectClock['of'], name: string, facts: ReadonlyMap<FactName, string>): SubjectClock {
  return { of, name, assumed: assumedClocks(facts) };
}

/** Asked for where a verdict rests on a clock that is assumed. */
const REMEDY = 'when each sample was taken: print a date before it (date -Is), or run the tools with their time stamps on';

const WORDS: Readonly<Record<AssumedClock['kind'], (name: string) => string>> = {
  period: (name) => `the samples of ${name} carry no times: so many seconds apart as they are placed, and from the start`,
  steps: (name) => `the times of ${name} are its step times added up: rates over them leave out what passes between steps`,
  start: (name) => `${name} counts seconds from its own start: placed at the start of the run`,
  zone: (name) => `${name} names no time zone: shifted by whole quarters of an hour until it lies over the others`,
};

/** What is assumed of the clocks behind a verdict, in words, each once. */
export function clockWords(clocks: readonly SubjectClock[]): string[] {
  return [...new Set(clocks.flatMap(({ name, assumed }) => assumed.map(({ kind }) => WORDS[kind](name))))];
}

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
