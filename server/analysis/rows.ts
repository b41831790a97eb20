import { type Analysis, type Job, type JobRow, ribbonPart } from '../../core/contract/index.ts';
import type { JobRecord, JobSummary } from '../store/index.ts';

/** Points of a sparkline, and parts of a ribbon, in a list. */
const POINTS = 60;
const PARTS = 120;

/** A stored job as a list shows it; without an analysis its verdict is unknown, not idle. */
export function rowOf({ job, summary }: JobRecord): JobRow {
  return {
    job,
    bottleneck: summary?.bottleneck ?? 'unknown',
    activity: summary?.activity ?? 'unknown',
    grade: summary?.grade ?? null,
    headroom: summary?.headroom ?? null,
    sparkline: [...(summary?.sparkline ?? [])],
    ribbon: [...(summary?.ribbon ?? [])],
    findings: [...(summary?.findings ?? [])],
    lastReadingAt: summary?.lastReadingAt ?? null,
  };
}

/** What a list keeps of an analysis. */
export function summaryOf(analysis: Analysis, lastReadingAt: number | null): JobSummary {
  const { verdict } = analysis;
  return {
    bottleneck: verdict.bottleneck,
    activity: verdict.activity,
    grade: verdict.grade,
    headroom: verdict.headroom,
    sparkline: sparkline(analysis),
    ribbon: analysis.phases.slice(-PARTS).map(ribbonPart),
    findings: analysis.findings.map((finding) => finding.id),
    lastReadingAt,
  };
}

/** The row of a job with an analysis that is newer than the stored one. */
export function liveRow(job: Job, analysis: Analysis | null, lastReadingAt: number | null): JobRow {
  return rowOf({ job, summary: analysis === null ? null : summaryOf(analysis, lastReadingAt) });
}

/** The last points of GPU busy; a point is the mean of those timeline values that fall on it. */
function sparkline(analysis: Analysis): (number | null)[] {
  const busy = analysis.timeline.series['busy'] ?? [];
  if (busy.length <= POINTS) return busy;
  const per = busy.length / POINTS;
  return Array.from({ length: POINTS }, (_, point) => {
    const there = busy.slice(Math.floor(point * per), Math.floor((point + 1) * per)).filter((value) => value !== null);
    return there.length === 0 ? null : there.reduce((sum, value) => sum + value, 0) / there.length;
  });
}
