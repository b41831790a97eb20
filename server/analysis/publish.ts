import type { Analysis, LiveVerdict } from '../../core/contract/index.ts';
import { firstChanged, type Followed } from './follow.ts';
import { liveRow } from './rows.ts';
import type { Audience } from './types.ts';

interface Since {
  /** What they have already; null: nothing. */
  readonly before: Analysis | null;
  /** Now, seconds UTC. */
  readonly at: number;
}

/** A job's verdict with the phases that are new since `before`; null where nothing was judged yet. */
export function liveVerdictOf({ analysis, job }: Followed, { before, at }: Since): LiveVerdict | null {
  if (analysis === null) return null;
  const fromPhase = firstChanged(before, analysis);
  return {
    cluster: job.cluster,
    id: job.id,
    at,
    verdict: analysis.verdict,
    fromPhase,
    phases: analysis.phases.slice(fromPhase),
    findings: analysis.findings,
  };
}

/** Tells those who look on of a job's analysis. */
export function publish(audience: Audience, entry: Followed, since: Since): void {
  const { analysis, job, lastReadingAt } = entry;
  if (analysis === null) return;
  const verdict = audience.watchesJob(job) ? liveVerdictOf(entry, since) : null;
  if (verdict !== null) audience.verdict(verdict);
  if (audience.watchesRow(job)) audience.row(liveRow(job, analysis, lastReadingAt));
}
