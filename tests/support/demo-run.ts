import { entityKey, type EntityRef, type FactName, type MetricId, type Table } from '../../core/readings/index.ts';
import type { IngestBatch, JobDeclaration } from '../../core/contract/index.ts';
import { startDemo } from '../../server/demo/index.ts';

/** One job of the demo's first hour, as tables. */
export interface DemoJob {
  readonly declaration: JobDeclaration;
  readonly tables: readonly Table[];
}

/** Plays the demo's history into memory and joins its readings to its jobs as the service does: by GPU or node, and time. */
export async function demoJobs(seed: number, now: number): Promise<Map<string, DemoJob>> {
  const batches: IngestBatch[] = [];
  const jobs = new Map<string, JobDeclaration>();
  const demo = await startDemo({
    seed,
    now: () => now,
    ingest: (batch) => Promise.resolve(void batches.push(batch)),
    declare: (key, declaration) => Promise.resolve(void jobs.set(key.id, { ...jobs.get(key.id), ...declaration })),
    log: { info: () => undefined, error: () => undefined },
  });
  await demo.stop();
  const tables = joined(batches);
  return new Map([...jobs].map(([id, declaration]) => [id, { declaration, tables: tablesOf(declaration, tables) }]));
}

function tablesOf(job: JobDeclaration, tables: readonly Table[]): Table[] {
  const gpus = new Set(job.gpus?.map((gpu) => gpu.uuid));
  const nodes = new Set(job.nodes);
  const mine = (entity: EntityRef) => (entity.kind === 'gpu' ? gpus.has(entity.id) : nodes.has(entity.node ?? ''));
  const inTime = (at: number) => at >= (job.start ?? at) && at < (job.end ?? Number.POSITIVE_INFINITY);
  return tables
    .filter((table) => mine(table.entity))
    .map((table) => {
      const rows = [...table.t.keys()].filter((row) => inTime(table.t[row] ?? Number.NaN));
      const pick = (column: Float64Array) => Float64Array.from(rows, (row) => column[row] ?? Number.NaN);
      return { ...table, t: pick(table.t), columns: new Map([...table.columns].map(([id, column]) => [id, pick(column)])) };
    })
    .filter((table) => table.t.length > 0 || table.entity.kind === 'process');
}

function joined(batches: readonly IngestBatch[]): Table[] {
  const entities = new Map<string, { entity: EntityRef; t: number[]; columns: Map<MetricId, number[]>; facts: Map<FactName, string> }>();
  const of = (wire: { kind: EntityRef['kind']; id: string; node?: string }) => {
    const entity: EntityRef = { kind: wire.kind, id: wire.id, ...(wire.node === undefined ? {} : { node: wire.node }) };
    let known = entities.get(entityKey(entity));
    if (known === undefined) {
      known = { entity, t: [], columns: new Map(), facts: new Map() };
      entities.set(entityKey(entity), known);
    }
    return known;
  };
  for (const batch of batches) {
    for (const fact of batch.facts ?? []) of(fact.entity).facts.set(fact.name, fact.value);
    for (const block of batch.blocks) {
      const into = of(block.entity);
      const before = into.t.length;
      into.t.push(...block.t);
      for (const [id, column] of Object.entries(block.columns) as [MetricId, (number | null)[]][]) {
        // keys of a metric record
        let values = into.columns.get(id);
        if (values === undefined) {
          values = new Array<number>(before).fill(Number.NaN);
          into.columns.set(id, values);
        }
        values.push(...column.map((value) => value ?? Number.NaN));
      }
      for (const values of into.columns.values()) while (values.length < into.t.length) values.push(Number.NaN);
    }
  }
  return [...entities.values()].map(({ entity, t, columns, facts }) => ({
    entity,
    facts,
    t: Float64Array.from(t),
    columns: new Map([...columns].map(([id, values]) => [id, Float64Array.from(values)])),
  }));
}
