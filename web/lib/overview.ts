import type { JobRow, Overview } from '../../core/contract/index.ts';

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

/**
 * Running jobs in the order to show them: a job keeps the place it had (`before`, keys `cluster/id`); new ones come by how much
 * there is to say of them: a verdict, then idleness and findings (most findings and most GPUs first), then what nobody measures.
 */
export function inOrder(rows: readonly JobRow[], before: readonly string[]): JobRow[] {
  const place = new Map(before.map((key, index) => [key, index]));
  const known = rows.filter(({ job }) => place.has(`${job.cluster}/${job.id}`));
  const fresh = rows.filter(({ job }) => !place.has(`${job.cluster}/${job.id}`));
  known.sort((a, b) => (place.get(`${a.job.cluster}/${a.job.id}`) ?? 0) - (place.get(`${b.job.cluster}/${b.job.id}`) ?? 0));
  fresh.sort((a, b) => interest(a) - interest(b) || (interest(a) === 1 ? weight(b) - weight(a) : 0));
  return [...fresh, ...known];
}

/** More kinds of findings weigh more than any number of GPUs. */
function weight(row: JobRow): number {
  return new Set(row.findings).size * 10_000 + row.job.gpuCount;
}

function interest(row: JobRow): number {
  if (row.bottleneck !== 'unknown' && row.bottleneck !== 'idle') return 0;
  if (row.findings.length > 0 || row.bottleneck === 'idle') return 1;
  return row.grade !== null && row.grade > 0 ? 2 : 3;
}

const KEY = 'headroom.looked';
/** Leaving for less than this is not a new look: the jobs marked new stay so. */
const SAME_LOOK_S = 15 * 60;

/** When the overview was last looked at before this visit, seconds UTC; null the first time. Notes this visit. */
export function lookedBefore(nowMs: number = Date.now(), store: Pick<Storage, 'getItem' | 'setItem'> = localStorage): number | null {
  try {
    const now = nowMs / 1000;
    const [before, latest] = (store.getItem(KEY) ?? '').split(' ').map((text) => (text === '' ? Number.NaN : Number(text)));
    const known = (value: number | undefined): number | null => (value === undefined || !Number.isFinite(value) ? null : value);
    const [last, earlier] = [known(latest), known(before)];
    const since = last === null ? null : now - last < SAME_LOOK_S ? earlier : last;
    store.setItem(KEY, `${since ?? ''} ${now}`);
    return since;
  } catch {
    return null; // storage is switched off: nothing is marked new
  }
}
