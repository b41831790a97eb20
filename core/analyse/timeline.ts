import type { Timeline } from '../contract/index.ts';
import { ACHIEVABLE, type Ceilings } from '../knowledge/index.ts';
import { busyOf, type MetricId, type Table } from '../readings/index.ts';

interface Line {
  readonly series: Table;
  readonly ceilings: Ceilings | null;
}

/** Points of the timeline at most. */
const POINTS = 512;

/** Shares over time for the page: means over the GPUs, on the rows of their series. Names are share keys, and tokens and power. */
export function timelineOf(lines: readonly Line[], engines: readonly Table[]): Timeline {
  const t = commonTimes([...lines.map((line) => line.series), ...engines]);
  const series: Timeline['series'] = {};
  const put = (name: string, columns: readonly (Float64Array | null)[]) => {
    const found = columns.filter((column) => column !== null);
    if (found.length > 0) series[name] = Array.from(t, (_, i) => meanAt(found, i));
  };
  const gpu = (id: MetricId, scale: (value: number, ceilings: Ceilings | null) => number) =>
    lines.map(({ series: table, ceilings }) => onto(t, table, id, (value) => scale(value, ceilings)));
  put(
    'busy',
    lines.map(({ series: table }) => spread(t, table, busyOf(table))).filter((column) => !column.every(Number.isNaN)),
  );
  put(
    'memory',
    gpu('gpu.dramActive', (v) => v / ACHIEVABLE.dramCounter.value),
  );
  put(
    'compute',
    gpu('gpu.tensorActive', (v) => v / ACHIEVABLE.tensorCounter.value),
  );
  put(
    'transfer',
    gpu('gpu.pcieRx', (v, c) => (c === null ? Number.NaN : v / (ACHIEVABLE.pcie.value * c.pcie.bytesPerSecond))),
  );
  put(
    'nvlink',
    gpu('gpu.nvlinkRx', (v, c) => (c === null || c.nvlink === null ? Number.NaN : v / (ACHIEVABLE.nvlink.value * c.nvlink.oneWay))),
  );
  put(
    'memoryUtil',
    gpu('gpu.memUtil', (v) => v),
  );
  put(
    'power',
    gpu('gpu.power', (v, c) => (c === null ? Number.NaN : v / c.powerLimit)),
  );
  for (const [name, id] of [
    ['decode', 'engine.generationRate'],
    ['prefill', 'engine.promptRate'],
    ['running', 'engine.running'],
    ['kvCache', 'engine.kvUsage'],
    ['training', 'engine.trainTokenRate'],
  ] as const) {
    put(
      name,
      engines.map((table) => onto(t, table, id, (v) => v)),
    );
  }
  return { t: Array.from(t), series };
}

function commonTimes(tables: readonly Table[]): Float64Array {
  const all = new Set<number>();
  for (const table of tables) for (const at of table.t) all.add(at);
  const sorted = [...all].sort((a, b) => a - b);
  const thin = Math.ceil(sorted.length / POINTS);
  return Float64Array.from(sorted.filter((_, i) => i % Math.max(1, thin) === 0));
}

/** A column at the given times, scaled; null where the table lacks it. */
function onto(t: Float64Array, table: Table, id: MetricId, scale: (value: number) => number): Float64Array | null {
  const column = table.columns.get(id);
  return column === undefined ? null : spread(t, table, (row) => scale(column[row] ?? Number.NaN));
}

/** What `read` finds in a table's rows, at the given times: the mean from each until the next; NaN where there is none. */
function spread(t: Float64Array, table: Table, read: (row: number) => number): Float64Array {
  const out = new Float64Array(t.length).fill(Number.NaN);
  let row = 0;
  for (let i = 0; i < t.length; i += 1) {
    const at = t[i] ?? Number.NaN;
    const next = t[i + 1] ?? Number.POSITIVE_INFINITY;
    let sum = 0;
    let count = 0;
    while (row < table.t.length && (table.t[row] ?? Number.POSITIVE_INFINITY) < at) row += 1;
    for (; row < table.t.length && (table.t[row] ?? Number.POSITIVE_INFINITY) < next; row += 1) {
      const value = read(row);
      if (value !== value) continue;
      sum += value;
      count += 1;
    }
    if (count > 0) out[i] = sum / count;
  }
  return out;
}

function meanAt(columns: readonly Float64Array[], i: number): number | null {
  let sum = 0;
  let count = 0;
  for (const column of columns) {
    const value = column[i] ?? Number.NaN;
    if (value !== value) continue;
    sum += value;
    count += 1;
  }
  return count === 0 ? null : Math.round((sum / count) * 1e4) / 1e4;
}
