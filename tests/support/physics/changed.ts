import { joinTables, METRICS, type MetricId, type Table } from '../../../core/readings/index.ts';

/** A change of the input, and what of it may change in the answer: a name for tests, and the tables as they are then. */
export interface Change {
  readonly name: string;
  of(tables: readonly Table[]): readonly Table[];
}

const columnsOf = (table: Table, keep: (id: MetricId) => boolean): Table => ({ ...table, columns: new Map([...table.columns].filter(([id]) => keep(id))) });
const rowsOf = (table: Table, keep: (row: number) => boolean): Table => {
  const rows = Array.from(table.t, (_, row) => row).filter(keep);
  const pick = (column: Float64Array) => Float64Array.from(rows, (row) => column[row] ?? Number.NaN);
  return { ...table, t: pick(table.t), columns: new Map([...table.columns].map(([id, column]) => [id, pick(column)])) };
};

const joined = (table: Table, parts: readonly Table[]): Table => ({ ...joinTables(table.entity, parts), facts: table.facts });

/** Two digits: what a tool would print that rounds. */
function coarse(value: number): number {
  return Number.isFinite(value) && value !== 0 ? Number(value.toPrecision(2)) : value;
}

/** Everything that can be taken from an input: each metric, each kind of source, half of the samples, the digits. */
export function removals(tables: readonly Table[]): Change[] {
  const metrics = [...new Set(tables.flatMap(({ columns }) => [...columns.keys()]))];
  const kinds = [...new Set(tables.map(({ entity }) => entity.kind))];
  return [
    ...metrics.map((id) => ({ name: `without ${id}`, of: (all: readonly Table[]) => all.map((table) => columnsOf(table, (one) => one !== id)) })),
    ...(kinds.length > 1
      ? kinds.map((kind) => ({ name: `without any ${kind}`, of: (all: readonly Table[]) => all.filter(({ entity }) => entity.kind !== kind) }))
      : []),
    { name: 'every second sample', of: (all) => all.map((table) => rowsOf(table, (row) => row % 2 === 0)) },
    {
      name: 'two digits',
      of: (all) =>
        all.map((table) => ({
          ...table,
          columns: new Map([...table.columns].map(([id, column]) => [id, METRICS[id].kind === 'gauge' ? column.map(coarse) : column])),
        })),
    },
  ];
}

/** What says the same in another way. */
export const SAME: readonly Change[] = [
  { name: 'the tables in another order', of: (tables) => [...tables].reverse() },
  { name: 'another start', of: (tables) => tables.map((table) => ({ ...table, t: table.t.map((at) => at + 86_400) })) },
  {
    name: 'other names of things',
    of: (tables) => tables.map((table) => ({ ...table, entity: renamed(table.entity) })),
  },
  {
    name: 'each table cut in two by time and joined',
    of: (tables) =>
      tables.map((table) => {
        const half = table.t.length >> 1;
        return joined(table, [rowsOf(table, (row) => row >= half), rowsOf(table, (row) => row < half)]);
      }),
  },
  {
    name: 'each table cut in two by metric and joined',
    of: (tables) =>
      tables.map((table) => {
        const ids = [...table.columns.keys()];
        const half = new Set(ids.slice(0, ids.length >> 1));
        return joined(table, [columnsOf(table, (id) => half.has(id)), columnsOf(table, (id) => !half.has(id))]);
      }),
  },
];

function renamed(entity: Table['entity']): Table['entity'] {
  const node = entity.node === undefined ? {} : { node: `z-${entity.node}` };
  const id = entity.kind === 'engine' ? entity.id.replace('@n1', '@z-n1') : entity.kind === 'host' ? `z-${entity.id}` : entity.id.replace('GPU-', 'GPU-abcd');
  return { ...entity, ...node, id };
}

/** Every rate a tenth faster or slower: shares and rates of gauges, and what counters count. States, sizes and limits stay. */
export function scaled(tables: readonly Table[], factor: number): readonly Table[] {
  const scales = (id: MetricId) => RATES.has(METRICS[id].unit) || METRICS[id].kind === 'counter' || SHARES.has(id);
  return tables.map((table) => ({
    ...table,
    columns: new Map(
      [...table.columns].map(([id, column]) => {
        if (!scales(id) || LIMITS.has(id)) return [id, column] as const;
        const start = METRICS[id].kind === 'counter' ? (column[0] ?? 0) : 0;
        const moved = column.map((value) => start + factor * (value - start));
        return [id, METRICS[id].unit === 'ratio' ? moved.map((value) => Math.min(1, value)) : moved] as const;
      }),
    ),
  }));
}

const RATES: ReadonlySet<string> = new Set(['bytes/s', 'tokens/s', '1/s', 'flop/s']);
const LIMITS: ReadonlySet<MetricId> = new Set(['host.ibSpeed', 'host.netSpeed']);
const SHARES: ReadonlySet<MetricId> = new Set(['gpu.tensorActive', 'gpu.dramActive', 'gpu.fp32Active', 'gpu.fp64Active']);
