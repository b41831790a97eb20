import type { Analysis } from '../../core/contract/index.ts';
import { firstChanged, type Followed } from './follow.ts';
import { liveRow } from './rows.ts';
import type { Audience } from './types.ts';

/** Tells those who look on of a job's analysis; `before`: what they have already. */
export function publish(audience: Audience, { analysis, job, lastReadingAt }: Followed, { before, at }: { before: Analysis | null; at: number }): void {
  if (analysis === null) return;
  if (audience.watchesJob(job)) {
    const fromPhase = firstChanged(before, analysis);
    audience.verdict({
      cluster: job.cluster,
      id: job.id,
      at,
      verdict: analysis.verdict,
      fromPhase,
      phases: analysis.phases.slice(fromPhase),
      findings: analysis.findings,
    });
  }
  if (audience.watchesRow(job)) audience.row(liveRow(job, analysis, lastReadingAt));
}
