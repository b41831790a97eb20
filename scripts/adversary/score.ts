import { analyse } from '../../core/analyse/index.ts';
import type { Bottleneck, Verdict } from '../../core/contract/index.ts';
import { describeWindow, type Outcome, outcomeOf, OUTCOMES, type PhysicsWindow, physicsWindow } from '../../tests/support/physics/window.ts';

interface Answered {
  readonly window: PhysicsWindow;
  readonly verdict: Verdict;
  readonly outcome: Outcome;
}

export interface Score {
  readonly answers: readonly Answered[];
  /** Confident and wrong. */
  readonly wrong: readonly Answered[];
}

/** What the classifier says of a run of windows, beside the truth. */
export function scoreOf({ seed, windows }: { seed: number; windows: number }): Score {
  const answers = Array.from({ length: windows }, (_, i) => answered(seedOf(seed, i)));
  return { answers, wrong: answers.filter(({ outcome }) => outcome === 'confident and wrong') };
}

/** The seed of a window of a run: runs share none. */
export function seedOf(run: number, window: number): number {
  return run * 1_000_003 + window;
}

/** What the classifier says of one window, beside the truth. */
export function answered(seed: number): Answered {
  const window = physicsWindow(seed);
  const { verdict } = analyse({ clock: 'relative', tables: window.tables, events: [] }, window.options);
  return { window, verdict, outcome: outcomeOf(window, verdict) };
}

const WORST = 10;

/** The score in lines: outcomes, what constant answers reach, and the worst. */
export function printed({ answers, wrong }: Score): string {
  const share = (count: number, of = answers.length) => `${count} of ${of} (${((100 * count) / Math.max(1, of)).toFixed(1)} %)`;
  const right = (label: Bottleneck) =>
    answers.filter(({ window }) => outcomeOf(window, { bottleneck: label, second: null, candidates: [], grade: 1 }) === 'agrees').length;
  const best = [...new Set(answers.map(({ window }) => window.truth))]
    .map((label) => ({ label, count: right(label) }))
    .reduce((a, b) => (b.count > a.count ? b : a));
  const decidable = answers.filter(({ window }) => window.decidable);
  return [
    ...OUTCOMES.map((outcome) => `${outcome.padEnd(20)} ${share(answers.filter((one) => one.outcome === outcome).length)}`),
    `always “unknown” would agree with none and be wrong about none; always “${best.label}” would agree with ${share(best.count)}`,
    `decidable ${share(decidable.length)}; of those agrees ${share(decidable.filter(({ outcome }) => outcome === 'agrees').length, decidable.length)}, answered unknown ${share(decidable.filter(({ verdict }) => verdict.bottleneck === 'unknown').length, decidable.length)}`,
    `CONFIDENT AND WRONG: ${wrong.length}${wrong.length === 0 ? '' : '; the worst:'}`,
    ...worst(wrong).map(line),
  ].join('\n');
}

/** The most wrong first: sure, and far from the truth. */
function worst(wrong: readonly Answered[]): Answered[] {
  const far = ({ window, verdict }: Answered) => verdict.grade * ((window.shares[window.truth] ?? 0) - (window.shares[verdict.bottleneck] ?? 0));
  return [...wrong].sort((a, b) => far(b) - far(a)).slice(0, WORST);
}

/** One answer in lines: what was said, what is so, how it was looked at. */
export function line({ window, verdict }: Answered): string {
  return `  seed ${window.seed}: ${verdict.bottleneck} ${verdict.grade.toFixed(2)} is ${window.truth}; ${describeWindow(window)}\n      ${verdict.why.join('; ')}`;
}
