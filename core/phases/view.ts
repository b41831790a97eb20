import { COLUMN, JUDGED, type JudgedMetric } from '../classify/columns.ts';
import type { SpanView } from '../classify/tally.ts';
import { INACTIVE } from '../classify/thresholds.ts';
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
  return { ...view, demand: demandOf(columns, busy, bins), seen: seenOf(sources, columns, busy, bins) };
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

/** Samples after which a request that is seen running may have begun: its first tokens are spread over the interval before. */
const AHEAD = 3;

/**
 * Demand is a request running or waiting. Where neither is, tokens that came out all the same are demand too (short requests
 * fall between two looks at a gauge), unless they may belong to the requests that are seen just after on a GPU still at rest.
 */
function demandOf(columns: readonly (Float64Array | null)[], busy: Float64Array, bins: number): Int8Array {
  const out = new Int8Array(bins).fill(-1);
  const present = (ids: readonly JudgedMetric[]) => ids.map((id) => columns[COLUMN[id]]).filter((column) => column !== null && column !== undefined);
  const asked = present(['engine.running', 'engine.waiting']);
  const tokens = present(['engine.generationRate', 'engine.promptRate']);
  if (asked.length === 0) return out;
  const any = (list: readonly Float64Array[], i: number) => list.some((column) => (column[i] ?? Number.NaN) > 0);
  for (let i = 0; i < bins; i += 1) {
    if (asked.every((column) => Number.isNaN(column[i] ?? Number.NaN))) continue;
    if (any(asked, i)) {
      out[i] = 1;
      continue;
    }
    let soon = false;
    for (let k = i + 1; k <= i + AHEAD && k < bins; k += 1) soon ||= any(asked, k);
    out[i] = any(tokens, i) && (!soon || (busy[i] ?? Number.NaN) >= INACTIVE) ? 1 : 0;
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
