import type { Job, JobDeclaration } from '../../../core/contract/index.ts';
import type { JobKey } from '../interface/index.ts';
import { inserts } from '../sqlite/index.ts';
import type { MainFile } from './file.ts';
import { jobOf, withPlaces } from './rows.ts';

/** Creates or extends a job; what the declaration leaves out keeps its value. Its nodes and GPUs become known. */
export async function declare(db: MainFile, key: JobKey, declaration: JobDeclaration): Promise<Job> {
  const where = { cluster_id: { cluster: key.cluster, id: key.id } };
  const before = await db.job.findUnique({ where, include: withPlaces });
  const gpus = declaration.gpus?.map(({ uuid, node }) => ({ uuid, node: node ?? null }));
  const nodes = declaration.nodes ?? (before === null || before.nodes.length === 0 ? nodesOf(gpus) : undefined);
  const changed = {
    nodes:
      nodes !== undefined &&
      !same(
        nodes,
        before?.nodes.map(({ node }) => node),
      )
        ? nodes
        : undefined,
    gpus:
      gpus !== undefined &&
      !same(
        gpus,
        before?.gpus.map(({ uuid, node }) => ({ uuid, node })),
      )
        ? gpus
        : undefined,
  };
  const columns = columnsOf(declaration, gpus?.length);
  const places = {
    ...(changed.nodes === undefined ? {} : { nodes: { create: changed.nodes.map((node, position) => ({ node, position })) } }),
    ...(changed.gpus === undefined ? {} : { gpus: { create: changed.gpus.map((gpu, position) => ({ ...gpu, position })) } }),
  };
  if (changed.nodes !== undefined || changed.gpus !== undefined) await keepPlaces(db, [...(nodes ?? []), ...nodesOf(gpus)], gpus ?? []);
  if (before === null) {
    const fresh = { name: key.id, state: stateOf(declaration), gpuCount: 0, demo: false };
    return jobOf(await db.job.create({ data: { ...fresh, ...columns, cluster: key.cluster, id: key.id, ...places }, include: withPlaces }));
  }
  const [, , after] = await db.$transaction([
    db.jobNode.deleteMany({ where: { job: changed.nodes === undefined ? -1 : before.row } }),
    db.jobGpu.deleteMany({ where: { job: changed.gpus === undefined ? -1 : before.row } }),
    db.job.update({ where, data: { ...columns, ...places }, include: withPlaces }),
  ]);
  return jobOf(after);
}

/** Notes nodes and GPUs that were heard of; a GPU's node and name change only to ones that are known. */
export async function keepPlaces(
  db: MainFile,
  nodes: readonly string[],
  gpus: readonly { uuid: string; node: string | null; name?: string | null }[],
): Promise<void> {
  const names = [...new Set(nodes)].filter((name) => name !== '' && name !== '?');
  const known = new Set(names);
  await db.$transaction([
    ...inserts(
      db,
      'INSERT INTO "Node" (name)',
      names.map((name) => [name]),
      'ON CONFLICT DO NOTHING',
    ),
    ...inserts(
      db,
      'INSERT INTO "Gpu" (uuid, node, name)',
      [...new Map(gpus.map((gpu) => [gpu.uuid, gpu])).values()].map(({ uuid, node, name }) => [
        uuid,
        node !== null && known.has(node) ? node : null,
        name ?? null,
      ]),
      'ON CONFLICT (uuid) DO UPDATE SET node = COALESCE(excluded.node, "Gpu".node), name = COALESCE(excluded.name, "Gpu".name)',
    ),
  ]);
}

function columnsOf(declaration: JobDeclaration, gpuCount: number | undefined) {
  const { name, user, project, partition, state, start, end, timeLimit, cores, memory, gpuType, model, dtype, tensorParallel, command, demo } = declaration;
  const all = { name, user, project, partition, state, start, end, timeLimit, cores, memory, gpuType, model, dtype, tensorParallel, command, demo, gpuCount };
  return withoutUndefined(all);
}

type Defined<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

function withoutUndefined<T extends object>(values: T): Defined<T> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Defined<T>; // by the filter
}

function stateOf({ start, end }: JobDeclaration): string {
  return start !== undefined && (end === undefined || end === null) ? 'running' : 'unknown';
}

function nodesOf(gpus: readonly { node: string | null }[] | undefined): string[] {
  return [...new Set((gpus ?? []).flatMap(({ node }) => (node === null ? [] : [node])))];
}

function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
