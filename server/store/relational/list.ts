import type { JobsQuery } from '../../../core/contract/jobs.ts';
import type { Prisma } from '../generated/main/client.ts';
import type { JobRecord, Viewer } from '../types.ts';
import type { MainFile } from './file.ts';
import { recordOf, visibleTo, withPlaces } from './rows.ts';

/** Counting more than this is not worth its time: the page says "more than 10,000". */
const mostCounted = 10_000;

const columns = { start: 'start', gpus: 'gpuCount', name: 'name', grade: 'grade', headroom: 'headroom' } as const;
type Column = (typeof columns)[keyof typeof columns];

interface Place {
  /** The last row's value in the sorting column; null: among the rows that have none, which stand last. */
  readonly value: number | string | null;
  readonly row: number;
}

/** A page of jobs. Pages follow each other by the last row's place, not by counting, so that the thousandth is as quick as the first. */
export async function list(db: MainFile, viewer: Viewer, query: JobsQuery): Promise<{ rows: JobRecord[]; cursor: string | null; total: number | null }> {
  const { column, descending } = sortOf(query.sort);
  const limit = query.limit ?? 50;
  const filter: Prisma.JobWhereInput = { AND: [visibleTo(viewer), ...conditions(query)] };
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
  const counted = after === null ? await db.job.count({ where: filter, take: mostCounted + 1 }) : null;
  return {
    rows: page.map(recordOf),
    cursor: rows.length > limit && last !== undefined ? textOf({ value: last[column], row: last.row }) : null,
    total: counted === null || counted > mostCounted ? null : counted,
  };
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
  const { state, user, project, gpuType, bottleneck, activity, finding, node, q, from, to } = query;
  const all: (Prisma.JobWhereInput | undefined)[] = [
    state === undefined ? undefined : { state: { in: state.split(',') } },
    user === undefined ? undefined : { user },
    project === undefined ? undefined : { project },
    gpuType === undefined ? undefined : { gpuType },
    bottleneck === undefined ? undefined : { bottleneck },
    activity === undefined ? undefined : { activity },
    finding === undefined ? undefined : { findings: { some: { kind: finding } } },
    node === undefined ? undefined : { nodes: { some: { node } } },
    q === undefined || q === '' ? undefined : { OR: [{ id: { startsWith: q } }, { name: { contains: q } }, { user: { contains: q } }, { project: { contains: q } }] },
    to === undefined ? undefined : { start: { lt: to } },
    from === undefined ? undefined : { OR: [{ end: null }, { end: { gte: from } }] },
  ];
  return all.filter((condition) => condition !== undefined);
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
