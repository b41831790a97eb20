import { STORE_BOUNDS } from '../../settings/index.ts';
import type { Job, JobsQuery } from '../../../core/contract/index.ts';
import { Prisma } from '../generated/main/client.ts';
import type { Among, JobRecord } from '../interface/index.ts';
import type { MainFile } from './file.ts';
import { jobOf, recordOf, within, withPlaces } from './rows.ts';

/** Counting more than this takes longer than the page itself: beyond it the total is not told. */
const mostCounted = STORE_BOUNDS.counted.value;
/**
 * A filter that fewer jobs pass than this is looked up first; one that more pass finds its page soon by walking in the
 * order asked for. Prisma takes 999 parameters.
 */
const fewJobs = 400;

const columns = { start: 'start', gpus: 'gpuCount', name: 'name', grade: 'grade', headroom: 'headroom' } as const;
type Column = (typeof columns)[keyof typeof columns];

interface Place {
  /** The last row's value in the sorting column; null: among the rows that have none, which stand last. */
  readonly value: number | string | null;
  readonly row: number;
}

/** A page of jobs. Pages follow each other by the last row's place, not by counting, so that the thousandth is as quick as the first. */
export async function list(db: MainFile, query: JobsQuery, among: Among): Promise<{ rows: JobRecord[]; cursor: string | null; total: number | null }> {
  const { column, descending } = sortOf(query.sort);
  const limit = query.limit ?? 50;
  const filter: Prisma.JobWhereInput = { AND: [within(among), ...conditions(query), ...(await placed(db, query))] };
  const after = placeOf(query.cursor);
  const order = descending ? 'desc' : 'asc';
  const step = descending ? 'lt' : 'gt';
  const find = (where: Prisma.JobWhereInput, orderBy: Prisma.JobOrderByWithRelationInput[], take: number) =>
    db.job.findMany({ where: { AND: [filter, where] }, orderBy, take, include: withPlaces });

  const rows: Awaited<ReturnType<typeof find>> = [];
  if (after === null || after.value !== null) {
    rows.push(...(await find(after === null ? present(column) : beyond(column, step, after), [{ [column]: order }, { row: order }], limit + 1)));
  }
  if (rows.length <= limit && isNullable(column)) {
    const rest = after?.value === null ? { row: { [step]: after.row } } : {};
    rows.push(...(await find({ [column]: null, ...rest }, [{ row: order }], limit + 1 - rows.length)));
  }
  const page = rows.slice(0, limit);
  const last = page[page.length - 1];
  const counted = after === null ? await count(db, query.node, filter) : null;
  return {
    rows: page.map(recordOf),
    cursor: rows.length > limit && last !== undefined ? textOf({ value: last[column], row: last.row }) : null,
    total: counted === null || counted > mostCounted ? null : counted,
  };
}

/** Jobs that run, and those that ended at or after `since`; the latest first. */
export async function active(db: MainFile, since: number, among: Among): Promise<JobRecord[]> {
  // Both by their index, and in parts: Prisma takes 999 parameters, and fetches nodes and GPUs by the jobs' numbers.
  const parts: Prisma.JobWhereInput[] = [{ state: 'running' }, { NOT: { state: 'running' }, end: { gte: since } }];
  const rows: Prisma.JobGetPayload<{ include: typeof withPlaces }>[] = [];
  for (const part of parts) {
    const found = await db.job.findMany({ where: { AND: [within(among), part] }, select: { row: true } });
    for (const some of slices(found.map(({ row }) => row))) rows.push(...(await db.job.findMany({ where: { row: { in: some } }, include: withPlaces })));
  }
  rows.sort((a, b) => (b.start ?? Number.NEGATIVE_INFINITY) - (a.start ?? Number.NEGATIVE_INFINITY) || b.row - a.row);
  return rows.map(recordOf);
}

/** Jobs that had one of these nodes at some time from ≤ t < to, seconds UTC. */
export async function beside(db: MainFile, { nodes, from, to }: { nodes: readonly string[]; from: number; to: number }): Promise<Job[]> {
  const found = new Set<number>();
  for (const part of slices(nodes)) {
    // Told in which order: by its indices alone the planner would walk all jobs that began before `to`.
    const rows = await db.$queryRaw<{ job: number | bigint }[]>`
      SELECT n.job AS job FROM "JobNode" n CROSS JOIN "Job" j
      WHERE n.node IN (${Prisma.join(part)}) AND j.row = n.job AND j.start < ${to} AND (j."end" IS NULL OR j."end" > ${from})`;
    for (const { job } of rows) found.add(Number(job));
  }
  const jobs: Job[] = [];
  for (const part of slices([...found])) jobs.push(...(await db.job.findMany({ where: { row: { in: part } }, include: withPlaces })).map(jobOf));
  return jobs;
}

function slices<T>(items: readonly T[]): T[][] {
  return Array.from({ length: Math.ceil(items.length / fewJobs) }, (_, index) => items.slice(index * fewJobs, (index + 1) * fewJobs));
}

/** From the node's side where there is one: its jobs are few, and each names it once. */
function count(db: MainFile, node: string | undefined, filter: Prisma.JobWhereInput): Promise<number> {
  const take = mostCounted + 1;
  return node === undefined ? db.job.count({ where: filter, take }) : db.jobNode.count({ where: { node, owner: filter }, take });
}

function sortOf(sort: JobsQuery['sort']): { column: Column; descending: boolean } {
  const text = sort ?? '-start';
  const descending = text.startsWith('-');
  const name = (descending ? text.slice(1) : text) as keyof typeof columns; // the contract's names
  return { column: columns[name], descending };
}

function isNullable(column: Column): boolean {
  return column === 'start' || column === 'grade' || column === 'headroom';
}

function present(column: Column): Prisma.JobWhereInput {
  return isNullable(column) ? { [column]: { not: null } } : {};
}

function beyond(column: Column, step: 'lt' | 'gt', { value, row }: Place): Prisma.JobWhereInput {
  // The first condition alone lets the index begin in the right place.
  return { [column]: { [`${step}e`]: value }, OR: [{ [column]: { [step]: value } }, { row: { [step]: row } }] };
}

function conditions(query: JobsQuery): Prisma.JobWhereInput[] {
  const { state, user, project, gpuType, bottleneck, activity, q, from, to } = query;
  const all: (Prisma.JobWhereInput | undefined)[] = [
    state === undefined ? undefined : { state: { in: state.split(',') } },
    user === undefined ? undefined : { user },
    project === undefined ? undefined : { project },
    gpuType === undefined ? undefined : { gpuType },
    bottleneck === undefined ? undefined : { bottleneck },
    activity === undefined ? undefined : { activity },
    q === undefined || q === '' ? undefined : matching(q),
    to === undefined ? undefined : { start: { lt: to } },
    from === undefined ? undefined : { OR: [{ end: null }, { end: { gte: from } }] },
  ];
  return all.filter((condition) => condition !== undefined);
}

/** A number is the beginning of a job's id; anything else a part of a name. */
function matching(q: string): Prisma.JobWhereInput {
  if (/^[0-9]+$/.test(q)) return { id: { gte: q, lt: `${q}\uffff` } };
  return { OR: [{ id: q }, { name: { contains: q } }, { user: { contains: q } }, { project: { contains: q } }] };
}

/** What stands in tables of its own. */
async function placed(db: MainFile, { node, finding }: JobsQuery): Promise<Prisma.JobWhereInput[]> {
  const found: Prisma.JobWhereInput[] = [];
  if (node !== undefined) {
    const jobs = await db.jobNode.findMany({ where: { node }, select: { job: true }, take: fewJobs + 1 });
    found.push(jobs.length > fewJobs ? { nodes: { some: { node } } } : { row: { in: jobs.map(({ job }) => job) } });
  }
  if (finding !== undefined) {
    const jobs = await db.finding.findMany({ where: { kind: finding }, select: { job: true }, take: fewJobs + 1 });
    found.push(jobs.length > fewJobs ? { findings: { some: { kind: finding } } } : { row: { in: jobs.map(({ job }) => job) } });
  }
  return found;
}

function textOf(place: Place): string {
  return Buffer.from(JSON.stringify([place.value, place.row])).toString('base64url');
}

/** A cursor that is not one of ours begins at the first page. */
function placeOf(cursor: string | undefined): Place | null {
  if (cursor === undefined) return null;
  try {
    const parsed: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    if (!Array.isArray(parsed)) return null;
    const [value, row] = parsed as unknown[];
    const fits = value === null || typeof value === 'number' || typeof value === 'string';
    return fits && typeof row === 'number' ? { value, row } : null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}
