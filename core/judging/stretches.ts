import type { Phase } from '../contract/index.ts';
import type { JudgedPhase } from './judged-run.ts';
import { BRIDGED_PERIODS } from './thresholds.ts';

/** A part of the time, seconds. */
interface Span {
  readonly from: number;
  readonly to: number;
}

/** A stretch of time and the phases in it, seconds. */
export interface Stretch<P extends Span = JudgedPhase> extends Span {
  readonly phases: readonly P[];
}

/** Stretches of consecutive phases for which something holds; a gap of a few samples does not end one. `period` in seconds. */
export function stretchesOf<P extends Phase>(phases: readonly P[], period: number, holds: (phase: P) => boolean): Stretch<P>[] {
  return stretchesAlike(phases, period, (phase) => (holds(phase) ? '' : null));
}

/** Stretches of consecutive parts of the time for which `key` names the same thing; one without a name ends them, a gap of a few samples does not. */
export function stretchesAlike<P extends Span>(parts: readonly P[], period: number, key: (part: P) => string | null): Stretch<P>[] {
  const out: { from: number; to: number; phases: P[] }[] = [];
  let open: { readonly name: string; readonly stretch: (typeof out)[number] } | null = null;
  for (const part of parts) {
    const name = key(part);
    if (name === null) open = null;
    else if (open !== null && open.name === name && part.from - open.stretch.to <= BRIDGED_PERIODS * period) {
      open.stretch.to = part.to;
      open.stretch.phases.push(part);
    } else {
      open = { name, stretch: { from: part.from, to: part.to, phases: [part] } };
      out.push(open.stretch);
    }
  }
  return out;
}

/** Samples of some phases together. */
export function samplesOf(phases: readonly JudgedPhase[]): number {
  return phases.reduce((sum, { figures }) => sum + figures.samples, 0);
}
