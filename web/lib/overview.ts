import type { JobRow, LiveRows, Overview } from '../../core/contract/index.ts';

/** The overview with rows replaced in place, added (latest first), or moved to the finished ones; the order of the others stays, so nothing jumps. */
export function withRows(overview: Overview, rows: readonly JobRow[]): Overview {
  const news = new Map(rows.map((row) => [keyOf(row), row]));
  return { ...overview, running: placed(overview.running, news, runs), finished: placed(overview.finished, news, (row) => !runs(row)) };
}

/** A list with the rows in it that changed; rows that are not in it stay out. */
export function updated(list: readonly JobRow[], rows: readonly JobRow[]): JobRow[] {
  const news = new Map(rows.map((row) => [keyOf(row), row]));
  return list.map((row) => news.get(keyOf(row)) ?? row);
}

/** Rows that came over the socket while an answer was on its way, which would undo them. */
export interface Heard {
  take(rows: LiveRows): void;
  /** The rows that an answer of this time (seconds UTC, the server's clock) does not know yet; older ones are forgotten. */
  since(now: number): JobRow[];
}

/** Remembers rows until an answer is newer. */
export function heardRows(): Heard {
  const heard = new Map<string, { at: number; row: JobRow }>();
  return {
    take({ at, rows }) {
      for (const row of rows) heard.set(keyOf(row), { at, row });
    },
    since(now) {
      for (const [key, { at }] of heard) if (at < now) heard.delete(key);
      return [...heard.values()].map(({ row }) => row);
    },
  };
}

function runs({ job }: JobRow): boolean {
  return job.state === 'running' || job.state === 'pending';
}

function keyOf({ job }: JobRow): string {
  return `${job.cluster}/${job.id}`;
}

function placed(list: readonly JobRow[], news: ReadonlyMap<string, JobRow>, belongs: (row: JobRow) => boolean): JobRow[] {
  const here = new Set(list.map(keyOf));
  const added = [...news.values()].filter((row) => belongs(row) && !here.has(keyOf(row))).reverse();
  return [...added, ...list.map((row) => news.get(keyOf(row)) ?? row).filter(belongs)];
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
