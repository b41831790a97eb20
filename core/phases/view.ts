import { COLUMN, JUDGED, type JudgedMetric } from '../classify/columns.ts';
import type { SpanView } from '../classify/tally.ts';
import type { EntityGrid } from './grid.ts';

/** Whose grids make up one subject's view. */
export interface Sources {
  readonly gpu: EntityGrid | null;
  readonly host: EntityGrid | null;
  readonly engines: readonly EntityGrid[];
  readonly processes: readonly EntityGrid[];
}

/** Engine quantities that do not add up over several engines. */
const NOT_SUMMED: readonly JudgedMetric[] = ['engine.kvUsage', 'engine.cacheHitRatio', 'engine.trainStepTime', 'engine.trainFlopRate'];
const HOTTEST: JudgedMetric = 'process.maxThread';

/** The judged columns of one subject for bins first ≤ k < end: its GPU, its host, its engines together, its processes together. */
export function viewOf(sources: Sources, period: number, first: number, end: number): SpanView {
  const bins = end - first;
  const columns = JUDGED.map((id, index): Float64Array | null => {
    if (id.startsWith('gpu.')) return sources.gpu?.span(index, first, end) ?? null;
    if (id.startsWith('host.')) return sources.host?.span(index, first, end) ?? null;
    if (id.startsWith('engine.')) return together(sources.engines, index, first, end, NOT_SUMMED.includes(id) ? 'mean' : 'sum');
    return together(sources.processes, index, first, end, id === HOTTEST ? 'max' : 'sum');
  });
  const busy = busyOf(columns, bins);
  const view = { period, first, bins, columns, busy };
  return { ...view, demand: demandOf(columns, bins), seen: seenOf(sources, columns, busy, bins) };
}

function together(grids: readonly EntityGrid[], index: number, first: number, end: number, how: 'sum' | 'mean' | 'max'): Float64Array | null {
  const spans = grids.map((grid) => grid.span(index, first, end)).filter((span) => span !== null);
  const [only, ...others] = spans;
  if (only === undefined || others.length === 0) return only ?? null;
  const out = new Float64Array(end - first).fill(Number.NaN);
  for (let i = 0; i < out.length; i += 1) {
    let value = Number.NaN;
    let count = 0;
    for (const span of spans) {
      const one = span[i] ?? Number.NaN;
      if (one !== one) continue;
      value = value !== value ? one : how === 'max' ? Math.max(value, one) : value + one;
      count += 1;
    }
    out[i] = how === 'mean' ? value / count : value;
  }
  return out;
}

function busyOf(columns: readonly (Float64Array | null)[], bins: number): Float64Array {
  const active = columns[COLUMN['gpu.grActive']] ?? null;
  const util = columns[COLUMN['gpu.util']] ?? null;
  if (active === null) return util ?? new Float64Array(bins).fill(Number.NaN);
  if (util === null) return active;
  return active.map((value, i) => (value === value ? value : util[i] ?? Number.NaN));
}

/** Demand is a request running or waiting, or a token that came out: a gauge is a moment, a counter the whole bin. */
function demandOf(columns: readonly (Float64Array | null)[], bins: number): Int8Array {
  const out = new Int8Array(bins).fill(-1);
  const signs = (['engine.running', 'engine.waiting', 'engine.generationRate', 'engine.promptRate'] as const)
    .map((id) => columns[COLUMN[id]]).filter((column) => column !== null && column !== undefined);
  const asked = columns[COLUMN['engine.running']];
  if (asked === null || asked === undefined) return out;
  for (let i = 0; i < bins; i += 1) {
    if (Number.isNaN(asked[i] ?? Number.NaN)) continue;
    out[i] = signs.some((column) => (column[i] ?? Number.NaN) > 0) ? 1 : 0;
  }
  return out;
}

const GPU_SIGNS: readonly JudgedMetric[] = ['gpu.power', 'gpu.memUsed', 'gpu.dramActive', 'gpu.tensorActive', 'gpu.present'];
const ENGINE_SIGNS: readonly JudgedMetric[] = ['engine.running', 'engine.generationRate', 'engine.promptRate', 'engine.trainTokenRate', 'engine.trainSteps', 'engine.trainStepTime'];
const HOST_SIGNS: readonly JudgedMetric[] = ['host.cpu', 'host.cpuTime', 'host.cpuMaxThread'];

/** A bin counts where the subject itself was seen: its GPU, or else its engine, or else its host. */
function seenOf(sources: Sources, columns: readonly (Float64Array | null)[], busy: Float64Array, bins: number): Uint8Array {
  const signs = sources.gpu !== null ? GPU_SIGNS : sources.engines.length > 0 ? ENGINE_SIGNS : HOST_SIGNS;
  const found = [busy, ...signs.map((id) => columns[COLUMN[id]] ?? null)].filter((column) => column !== null);
  const out = new Uint8Array(bins);
  for (let i = 0; i < bins; i += 1) if (found.some((column) => !Number.isNaN(column[i] ?? Number.NaN))) out[i] = 1;
  return out;
}
