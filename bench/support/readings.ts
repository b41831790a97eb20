import type { IngestBatch } from '../../core/contract/index.ts';
import type { MetricId } from '../../core/readings/index.ts';

/** A generator of numbers in 0–1 that a seed repeats (mulberry32). */
export function chance(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** The 15 metrics that the budgets count per GPU. */
export const benchMetrics = [
  'gpu.util',
  'gpu.memUtil',
  'gpu.memUsed',
  'gpu.power',
  'gpu.energy',
  'gpu.smClock',
  'gpu.memClock',
  'gpu.temp',
  'gpu.memTemp',
  'gpu.smActive',
  'gpu.tensorActive',
  'gpu.dramActive',
  'gpu.pcieRx',
  'gpu.pcieTx',
  'gpu.nvlinkRx',
] as const satisfies readonly MetricId[];

/**
 * One GPU's readings as the tools print them, with their digits: a job's phases of some minutes, noise around each
 * phase's level, idle stretches in which most numbers stand still. Power in hundredths of a watt, DCGM ratios in
 * six decimals, bytes per second as integers, the counter in millijoules.
 */
export function gpuReadings({ seed, from, rows, period }: { seed: number; from: number; rows: number; period: number }): {
  t: Float64Array;
  columns: Map<MetricId, Float64Array>;
} {
  const next = chance(seed);
  const noise = (): number => next() + next() + next() - 1.5;
  const t = new Float64Array(rows);
  const columns = new Map<MetricId, Float64Array>(benchMetrics.map((id) => [id, new Float64Array(rows)]));
  const set = (id: (typeof benchMetrics)[number], row: number, value: number): void => {
    const column = columns.get(id);
    if (column !== undefined) column[row] = value;
  };
  let left = 0;
  let busy = 0;
  let memory = 0;
  let heat = 40;
  let energy = Math.floor(next() * 1e9);
  for (let row = 0; row < rows; row += 1) {
    if (left <= 0) {
      left = 30 + Math.floor(next() * 400);
      busy = next() < 0.25 ? 0 : 0.3 + 0.7 * next();
      memory = busy === 0 ? 1 : 2000 + Math.floor(next() * 38_000);
    }
    left -= 1;
    t[row] = from + row * period;
    const load = busy === 0 ? 0 : Math.min(1, Math.max(0, busy + 0.05 * noise()));
    const power = busy === 0 ? 52.3 + 0.3 * noise() : 90 + 300 * load + 6 * noise();
    heat += (35 + 40 * load - heat) * 0.02;
    energy += Math.round(power * period * 1000);
    set('gpu.util', row, busy === 0 ? 0 : Math.min(100, Math.round(load * 110)) / 100);
    set('gpu.memUtil', row, Math.round(load * 55) / 100);
    set('gpu.memUsed', row, memory * 1_048_576);
    set('gpu.power', row, Math.round(power * 100) / 100);
    set('gpu.energy', row, energy / 1000);
    set('gpu.smClock', row, (busy === 0 ? 210 : 1410 - 15 * Math.floor(next() * 1.3)) * 1e6);
    set('gpu.memClock', row, 1593e6);
    set('gpu.temp', row, Math.round(heat));
    set('gpu.memTemp', row, Math.round(heat + 8));
    set('gpu.smActive', row, Math.round(load * 0.95 * 1e6) / 1e6);
    set('gpu.tensorActive', row, Math.round(load * 0.4 * (1 + 0.05 * noise()) * 1e6) / 1e6);
    set('gpu.dramActive', row, Math.round(load * 0.6 * (1 + 0.03 * noise()) * 1e6) / 1e6);
    set('gpu.pcieRx', row, busy === 0 ? 0 : Math.round(2e8 * load * (1 + 0.2 * noise())));
    set('gpu.pcieTx', row, busy === 0 ? 0 : Math.round(5e7 * load * (1 + 0.2 * noise())));
    set('gpu.nvlinkRx', row, busy === 0 ? 0 : Math.round(3e9 * load * (1 + 0.1 * noise())));
  }
  return { t, columns };
}

/** A batch as an agent sends it: all GPUs of one node, some rows each from index `start` on. */
export function nodeBatch(
  readings: ReturnType<typeof gpuReadings>[],
  { node, start, rows, seq }: { node: number; start: number; rows: number; seq: number },
): IngestBatch {
  const blocks = readings.map(({ t, columns }, index) => ({
    entity: { kind: 'gpu' as const, id: `GPU-${node}-${index}`, node: `alvis-${node}` },
    t: [...t.subarray(start, start + rows)],
    columns: Object.fromEntries([...columns].map(([id, column]) => [id, [...column.subarray(start, start + rows)]])),
  }));
  return { source: `agent-${node}`, seq, blocks };
}
