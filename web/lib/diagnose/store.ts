import { placed } from '../../../collectors/collector/index.ts';
import type { Run, Table } from '../../../core/readings/index.ts';
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
  let blocks: IngestBatch['blocks'] = [];
  let held = 0;
  const facts = run.tables.flatMap((table) =>
    [...table.facts].map(([name, value]) => ({ entity: renamed(table, ask).entity, name, value: value.slice(0, 4000) })),
  );
  const events = run.events.map((event) => ({
    at: event.at === null ? null : event.at + ask.start,
    kind: event.kind,
    text: event.text.slice(0, 1000),
    entity: event.entity === null ? null : renamed({ entity: event.entity }, ask).entity,
  }));
  const batch = (): IngestBatch => ({
    source: ask.source,
    seq: seq++,
    node: ask.node,
    job: `${ask.cluster}/${ask.id}`,
    blocks,
    ...(seq === 1 ? { facts: facts.slice(0, 10_000), events: events.slice(0, 10_000) } : {}),
  });
  for (const table of run.tables) {
    const rows = Math.max(1, Math.floor(VALUES_PER_BATCH / Math.max(1, table.columns.size)));
    for (let start = 0; start < table.t.length; start += rows) {
      const end = Math.min(table.t.length, start + rows);
      const size = (end - start) * table.columns.size;
      if (held > 0 && held + size > VALUES_PER_BATCH) {
        yield batch();
        [blocks, held] = [[], 0];
      }
      blocks.push(blockOf(renamed(table, ask), start, end, ask.start));
      held += size;
    }
  }
  if (held > 0 || seq === 0) yield batch();
}

/** How many values a run holds, absent ones included: what a progress bar counts. */
export function sizeOf(run: Run): number {
  return run.tables.reduce((sum, table) => sum + table.t.length * table.columns.size, 0);
}

function blockOf({ entity, t, columns }: Table, start: number, end: number, offset: number): IngestBatch['blocks'][number] {
  return {
    entity,
    t: [...t.subarray(start, end)].map((at) => at + offset),
    columns: Object.fromEntries(
      [...columns].map(([id, column]) => [id, [...column.subarray(start, end)].map((value) => (Number.isNaN(value) ? null : value))]),
    ),
  };
}

/** What the files name only by number belongs to the job that they are stored as. */
function renamed<T extends Pick<Table, 'entity'>>(table: T, { cluster, id, node }: StoreAsk): T {
  return { ...table, entity: placed(table.entity, { node, job: `${cluster}/${id}`, uuids: {} }) };
}
