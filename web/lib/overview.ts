import type { JobRow, Overview } from '../../core/contract/jobs.ts';

/** The overview with one row replaced in place, added, or moved to the finished ones; the order of the others stays, so nothing jumps. */
export function withRow(overview: Overview, row: JobRow): Overview {
  const same = (other: JobRow): boolean => other.job.cluster === row.job.cluster && other.job.id === row.job.id;
  const runs = row.job.state === 'running' || row.job.state === 'pending';
  return { ...overview, running: placed(overview.running, row, same, runs), finished: placed(overview.finished, row, same, !runs) };
}

function placed(rows: readonly JobRow[], row: JobRow, same: (other: JobRow) => boolean, belongs: boolean): JobRow[] {
  if (!belongs) return rows.filter((other) => !same(other));
  return rows.some(same) ? rows.map((other) => (same(other) ? row : other)) : [row, ...rows];
}
