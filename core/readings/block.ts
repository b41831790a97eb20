import type { Table } from './columns.ts';
import type { EntityKind, EntityRef } from './entity.ts';
import type { Intake } from './intake.ts';
import { isMetricId, type MetricId, rounded } from './metrics.ts';
import type { Fact, SourceEvent } from './reading.ts';
import { cleanText, cut } from './text.ts';

/** Characters of what travels at most; what is longer is cut, by every sender alike. */
export const LONGEST = { name: 200, fact: 4_000, event: 1_000 } as const;
/** Rows of one block, and blocks, facts or events of one batch at most. */
export const MOST = { rows: 100_000, parts: 10_000 } as const;
/** The largest number of a batch: integers are told apart up to here. */
export const LAST_SEQ = Number.MAX_SAFE_INTEGER;

/** An entity on a wire. */
interface WireEntity {
  kind: EntityKind;
  id: string;
  node?: string;
}

/** A table on a wire: `t` in seconds UTC, every column as long as `t`, null where absent. */
export interface Block {
  entity: WireEntity;
  t: number[];
  columns: Partial<Record<MetricId, (number | null)[]>>;
}

/** An intake on a wire. */
export interface WireBatch {
  source: string;
  seq: number;
  node?: string;
  job?: string;
  blocks: Block[];
  facts: { entity: WireEntity; name: Fact['name']; value: string }[];
  events: { at: number | null; entity: WireEntity | null; kind: SourceEvent['kind']; text: string }[];
}

/** An entity as core knows it, from one on a wire: a node that is not said is left out, not undefined. */
export function entityOf(wire: Omit<EntityRef, 'node'> & { readonly node?: string | undefined }): EntityRef {
  return wire.node === undefined ? { kind: wire.kind, id: wire.id } : { kind: wire.kind, id: wire.id, node: wire.node };
}

/** An entity as it travels: its names cut to what a wire holds. */
function wireEntity({ kind, id, node }: EntityRef): WireEntity {
  return { kind, id: cut(id, LONGEST.name), ...(node === undefined ? {} : { node: cut(node, LONGEST.name) }) };
}

/** The table as it travels, still typed: names cut, times in whole milliseconds, values with the decimals that mean something. Facts stay behind. */
function outgoing(table: Table): Table {
  return {
    entity: wireEntity(table.entity),
    t: table.t.map(toMilliseconds),
    columns: new Map([...table.columns].map(([id, column]) => [id, column.map((value) => rounded(id, value))])),
    facts: new Map(),
  };
}

/** The same of all that a sender hands over, texts cut too. Tables without a row are left out. */
export function outgoingIntake<T extends Pick<Intake, 'tables' | 'facts' | 'events'>>(intake: T): T {
  return {
    ...intake,
    tables: intake.tables.filter(({ t }) => t.length > 0).map(outgoing),
    facts: intake.facts.map(wireFact),
    events: intake.events.map(wireEvent),
  };
}

/** The table as a block, rounded and cut as `outgoing` does; only its rows from ≤ row < to, where they are given. */
export function blockFromTable(table: Table, rows: { readonly from: number; readonly to: number } = { from: 0, to: table.t.length }): Block {
  const columns: Block['columns'] = {};
  for (const [id, column] of table.columns) {
    const values: (number | null)[] = [];
    for (let row = rows.from; row < rows.to; row += 1) {
      const value = column[row];
      values.push(value === undefined || Number.isNaN(value) ? null : rounded(id, value));
    }
    columns[id] = values;
  }
  return { entity: wireEntity(table.entity), t: Array.from(table.t.subarray(rows.from, rows.to), toMilliseconds), columns };
}

/** A block whose metrics may be of another version. */
type AnyBlock = Omit<Block, 'columns'> & { readonly columns: Readonly<Record<string, readonly (number | null)[] | undefined>> };

/** A block as a table: null becomes NaN; columns of metrics that this version does not know are left out. */
export function tableFromBlock({ entity, t, columns }: AnyBlock): Table {
  const typed = new Map<MetricId, Float64Array>();
  for (const [id, values] of Object.entries(columns)) {
    if (values === undefined || !isMetricId(id)) continue;
    typed.set(
      id,
      Float64Array.from(values, (value) => value ?? Number.NaN),
    );
  }
  return { entity: entityOf(entity), t: Float64Array.from(t), columns: typed, facts: new Map() };
}

/** What a sender hands over, as `POST /api/ingest` takes it. */
export function batchFromIntake({ source, seq, node, job, tables, facts, events }: Intake): WireBatch {
  return {
    source,
    seq,
    ...(node === undefined ? {} : { node }),
    ...(job === undefined ? {} : { job }),
    blocks: tables.map((table) => blockFromTable(table)),
    facts: facts.map(wireFact),
    events: events.map(wireEvent),
  };
}

/** The inverse of `batchFromIntake`. */
export function intakeFromBatch({
  blocks,
  facts = [],
  events = [],
  ...rest
}: Omit<WireBatch, 'blocks' | 'facts' | 'events'> & { blocks: readonly AnyBlock[]; facts?: WireBatch['facts']; events?: WireBatch['events'] }): Intake {
  return {
    ...rest,
    tables: blocks.map(tableFromBlock),
    facts: facts.map((fact) => ({ ...fact, entity: entityOf(fact.entity) })),
    events: events.map((event) => ({ ...event, entity: event.entity === null ? null : entityOf(event.entity) })),
  };
}

function wireFact({ entity, name, value }: Fact): WireBatch['facts'][number] {
  return { entity: wireEntity(entity), name, value: cut(cleanText(value), LONGEST.fact) };
}

function wireEvent({ at, entity, kind, text }: SourceEvent): WireBatch['events'][number] {
  return { at, entity: entity === null ? null : wireEntity(entity), kind, text: cut(cleanText(text), LONGEST.event) };
}

function toMilliseconds(at: number): number {
  return Math.round(at * 1000) / 1000;
}
