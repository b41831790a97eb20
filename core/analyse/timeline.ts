import type { Timeline } from '../contract/index.ts';
import { ACHIEVABLE, type Ceilings } from '../knowledge/index.ts';
import type { MetricId, Table } from '../readings/index.ts';

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
  const busy = lines.map(({ series: table }) => onto(t, table, table.columns.has('gpu.grActive') ? 'gpu.grActive' : 'gpu.util', (v) => v));
  put('busy', busy);
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

/** A column at the given times: the latest row at or before each, within one step; NaN elsewhere. */
function onto(t: Float64Array, table: Table, id: MetricId, scale: (value: number) => number): Float64Array | null {
  const column = table.columns.get(id);
  if (column === undefined) return null;
  const out = new Float64Array(t.length).fill(Number.NaN);
  let row = 0;
  for (let i = 0; i < t.length; i += 1) {
    const at = t[i] ?? Number.NaN;
    const next = t[i + 1] ?? Number.POSITIVE_INFINITY;
    let sum = 0;
    let count = 0;
    while (row < table.t.length && (table.t[row] ?? Number.POSITIVE_INFINITY) < at) row += 1;
    for (; row < table.t.length && (table.t[row] ?? Number.POSITIVE_INFINITY) < next; row += 1) {
      const value = column[row] ?? Number.NaN;
      if (value !== value) continue;
      sum += value;
      count += 1;
    }
    if (count > 0) out[i] = scale(sum / count);
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
