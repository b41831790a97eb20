import { placed } from '../../../collectors/entities.ts';
import { batchFromIntake, rowsOf, type Run, type Table } from '../../../core/readings/index.ts';
import type { Analysis, IngestBatch, JobDeclaration } from '../../../core/contract/index.ts';

/** What a person says when a diagnosis is to be kept as a job. */
export interface StoreAsk {
  readonly cluster: string;
  readonly id: string;
  readonly name: string;
  /** The node that unnamed sources come from. */
  readonly node: string;
  /** Seconds UTC of the run's start, for files without dates; 0 for dated ones. */
  readonly start: number;
  /** Random, one per attempt at one diagnosis: a batch sent twice is stored once. */
  readonly source: string;
}

/** Values per request: well below the server's limits, small enough for a progress bar to move. */
const VALUES_PER_BATCH = 40_000;

/** The job that a diagnosis is stored as. */
export function declarationOf(run: Run, analysis: Analysis, ask: StoreAsk): JobDeclaration {
  const tables = run.tables.map((table) => renamed(table, ask));
  const gpus = tables
    .filter(({ entity }) => entity.kind === 'gpu')
    .map(({ entity }) => ({ uuid: entity.id, ...(entity.node === undefined ? {} : { node: entity.node }) }));
  const nodes = [...new Set(tables.flatMap(({ entity }) => (entity.node === undefined ? [] : [entity.node])))];
  const { model, dtype, tensorParallel } = analysis.workload;
  return {
    name: ask.name,
    state: 'completed',
    start: ask.start + analysis.from,
    end: ask.start + analysis.to,
    nodes: nodes.length === 0 ? [ask.node] : nodes,
    gpus,
    ...(analysis.hardware.gpu === null ? {} : { gpuType: analysis.hardware.gpu }),
    ...(model === null ? {} : { model }),
    ...(dtype === null ? {} : { dtype }),
    ...(tensorParallel === null ? {} : { tensorParallel }),
  };
}

/** The readings as batches for `POST /api/ingest`: counters as they came, facts and events with the first. */
export function* batchesOf(run: Run, ask: StoreAsk): Generator<IngestBatch> {
  let seq = 0;
  let tables: Table[] = [];
  let held = 0;
  const dated = run.tables.map((table) => ({ ...renamed(table, ask), t: table.t.map((at) => at + ask.start) }));
  const facts = dated.flatMap(({ entity, facts: said }) => [...said].map(([name, value]) => ({ entity, name, value })));
  const events = run.events.map((event) => ({
    ...event,
    at: event.at === null ? null : event.at + ask.start,
    entity: event.entity === null ? null : renamed({ entity: event.entity }, ask).entity,
  }));
  const batch = (): IngestBatch => {
    const beside = seq === 0 ? { facts: facts.slice(0, 10_000), events: events.slice(0, 10_000) } : { facts: [], events: [] };
    return batchFromIntake({ source: ask.source, seq: seq++, node: ask.node, job: `${ask.cluster}/${ask.id}`, tables, ...beside });
  };
  for (const table of dated) {
    const rows = Math.max(1, Math.floor(VALUES_PER_BATCH / Math.max(1, table.columns.size)));
    for (let start = 0; start < table.t.length; start += rows) {
      const part = rowsOf(table, start, Math.min(table.t.length, start + rows));
      const size = part.t.length * part.columns.size;
      if (held > 0 && held + size > VALUES_PER_BATCH) {
        yield batch();
        [tables, held] = [[], 0];
      }
      tables.push(part);
      held += size;
    }
  }
  if (held > 0 || seq === 0) yield batch();
}

/** How many values a run holds, absent ones included: what a progress bar counts. */
export function sizeOf(run: Run): number {
  return run.tables.reduce((sum, table) => sum + table.t.length * table.columns.size, 0);
}

/** What the files name only by number belongs to the job that they are stored as. */
function renamed<T extends Pick<Table, 'entity'>>(table: T, { cluster, id, node }: StoreAsk): T {
  return { ...table, entity: placed(table.entity, { node, job: `${cluster}/${id}`, uuids: {} }) };
}
