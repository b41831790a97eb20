import type { Finding, FindingId, Job, JobState } from '../../../core/contract/index.ts';
import type { Prisma } from '../generated/main/client.ts';
import type { Among, JobRecord, JobSummary } from '../interface/index.ts';

/** What is read of a job with its row. */
export const withPlaces = { nodes: { orderBy: { position: 'asc' } }, gpus: { orderBy: { position: 'asc' } } } as const satisfies Prisma.JobInclude;

type Row = Prisma.JobGetPayload<{ include: typeof withPlaces }>;

/** The jobs that a list may hold, as a condition. */
export function within(among: Among): Prisma.JobWhereInput {
  return among === null ? {} : { cluster: among.cluster, id: among.id };
}

/** A row as the job that it holds. */
export function jobOf(row: Row): Job {
  const { cluster, id, name, user, project, partition, start, end, timeLimit, gpuCount, gpuType, cores, memory, model, dtype, tensorParallel, command, demo } =
    row;
  return {
    cluster,
    id,
    name,
    user,
    project,
    partition,
    start,
    end,
    timeLimit,
    gpuCount,
    gpuType,
    cores,
    memory,
    model,
    dtype,
    tensorParallel,
    command,
    demo,
    state: row.state as JobState, // written from the contract's type
    nodes: row.nodes.map(({ node }) => node),
    gpus: row.gpus.map(({ uuid, node }) => ({ uuid, node })),
  };
}

/** A row as the job with what a list shows of its latest analysis. */
export function recordOf(row: Row): JobRecord {
  return { job: jobOf(row), summary: summaryOf(row) };
}

function summaryOf(row: Row): JobSummary | null {
  if (row.bottleneck === null || row.activity === null) return null;
  return {
    // Written by `summaryColumns` from the same type.
    bottleneck: row.bottleneck as JobSummary['bottleneck'],
    activity: row.activity as JobSummary['activity'],
    grade: row.grade,
    headroom: row.headroom,
    sparkline: JSON.parse(row.sparkline ?? '[]') as JobSummary['sparkline'],
    ribbon: JSON.parse(row.ribbon ?? '[]') as JobSummary['ribbon'],
    findings: JSON.parse(row.findingIds ?? '[]') as JobSummary['findings'],
    lastReadingAt: row.lastReadingAt,
  };
}

/** A summary as columns of its job's row. */
export function summaryColumns({ bottleneck, activity, grade, headroom, sparkline, ribbon, findings, lastReadingAt }: JobSummary) {
  return {
    bottleneck,
    activity,
    grade,
    headroom,
    lastReadingAt,
    sparkline: JSON.stringify(sparkline),
    ribbon: JSON.stringify(ribbon),
    findingIds: JSON.stringify(findings),
  };
}

/** A row as the finding that it holds. */
export function findingOf(row: { kind: string; text: string; evidence: string; entity: string | null; from: number | null; to: number | null }): Finding {
  const { kind, text, evidence, entity, from, to } = row;
  return { id: kind as FindingId, text, evidence: JSON.parse(evidence) as string[], entity, from, to }; // written from the contract's type
}
