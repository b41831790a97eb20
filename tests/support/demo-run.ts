import { entityKey, type EntityRef, type FactName, type Intake, joinTables, type Table } from '../../core/readings/index.ts';
import type { JobDeclaration } from '../../core/contract/index.ts';
import { startDemo } from '../../server/demo/index.ts';

/** One job of the demo's first hour, as tables. */
export interface DemoJob {
  readonly declaration: JobDeclaration;
  readonly tables: readonly Table[];
}

/** Plays the demo's history into memory and joins its readings to its jobs as the service does: by GPU or node, and time. */
export async function demoJobs(seed: number, now: number): Promise<Map<string, DemoJob>> {
  const intakes: Intake[] = [];
  const jobs = new Map<string, JobDeclaration>();
  const demo = await startDemo({
    seed,
    now: () => now,
    ingest: (intake) => Promise.resolve(void intakes.push(intake)),
    declare: (key, declaration) => Promise.resolve(void jobs.set(key.id, { ...jobs.get(key.id), ...declaration })),
    log: { info: () => undefined, error: () => undefined },
  });
  await demo.stop();
  const tables = joined(intakes);
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

function joined(intakes: readonly Intake[]): Table[] {
  const entities = new Map<string, { entity: EntityRef; tables: Table[]; facts: Map<FactName, string> }>();
  const of = (entity: EntityRef) => {
    let known = entities.get(entityKey(entity));
    if (known === undefined) {
      known = { entity, tables: [], facts: new Map() };
      entities.set(entityKey(entity), known);
    }
    return known;
  };
  for (const { tables, facts } of intakes) {
    for (const fact of facts) of(fact.entity).facts.set(fact.name, fact.value);
    for (const table of tables) of(table.entity).tables.push(table);
  }
  return [...entities.values()].map(({ entity, tables, facts }) => ({ ...joinTables(entity, tables), facts }));
}
