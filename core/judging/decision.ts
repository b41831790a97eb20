import type { Bottleneck, Tier } from '../contract/index.ts';
import type { Causes } from './cause.ts';
import { type GradeInput, tierOf, whatWouldTell, windowSources } from './evidence.ts';
import type { WindowShares } from './shares.ts';

/** A label with everything that a verdict prints about it. */
export interface Decision extends Causes {
  readonly bottleneck: Bottleneck;
  readonly second: Bottleneck | null;
  readonly lean: Bottleneck | null;
  readonly tier: Tier;
  readonly evidence: readonly string[];
  /** Null where nothing is named. */
  readonly grade: GradeInput | null;
  readonly candidates: readonly Bottleneck[];
  readonly missing: readonly string[];
  readonly why: readonly string[];
  /** Share of the binding resource and of the next one; NaN where neither means anything. */
  readonly share: number;
  readonly next: number;
}

/** No bottleneck is named: what it could be, and what would tell. */
export function unknown(
  window: WindowShares,
  causes: Causes,
  said: {
    readonly why: readonly string[];
    readonly missing?: readonly string[];
    readonly candidates?: readonly Bottleneck[];
  },
): Decision {
  return {
    bottleneck: 'unknown',
    second: null,
    lean: null,
    tier: tierOf(window),
    evidence: windowSources(window),
    grade: null,
    candidates: said.candidates ?? [],
    missing: [...(said.missing ?? []), ...whatWouldTell(window)],
    why: said.why,
    share: Number.NaN,
    next: Number.NaN,
    ...causes,
  };
}
