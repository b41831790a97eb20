import { COLUMN, type JudgedMetric } from './columns.ts';
import type { SpanView } from './tally.ts';
import { noiseScale } from './pelt.ts';

/** Below this a difference of shares is no change of phase; an integer-quantised series has a deviation of 0. */
const FLOOR = 0.02;

/**
 * What phases are told apart by. Nominal link rates only bring rates to the scale of shares: an edge must not depend on
 * what is found out about the hardware later.
 */
const FEATURES: readonly { readonly ids: readonly JudgedMetric[]; readonly scale: (value: number) => number }[] = [
  { ids: ['gpu.tensorActive'], scale: (v) => v / 0.87 },
  { ids: ['gpu.dramActive'], scale: (v) => v / 0.8 },
  { ids: ['gpu.fp32Active', 'gpu.fp64Active'], scale: (v) => v / 0.87 },
  { ids: ['gpu.memUtil'], scale: (v) => v },
  { ids: ['gpu.power'], scale: (v) => v / 400 },
  { ids: ['gpu.pcieRx', 'gpu.pcieTx'], scale: (v) => v / 25e9 },
  { ids: ['gpu.nvlinkRx', 'gpu.nvlinkTx'], scale: (v) => v / 240e9 },
  { ids: ['host.ibRxRate', 'host.ibTxRate', 'host.netRxRate', 'host.netTxRate'], scale: (v) => v / 10e9 },
  { ids: ['host.cpu'], scale: (v) => v },
  { ids: ['host.psiIo'], scale: (v) => v },
  { ids: ['engine.generationRate', 'engine.trainTokenRate'], scale: Math.log1p },
  { ids: ['engine.promptRate'], scale: Math.log1p },
];

/** The features of bins from ≤ i < to, absent values held, each divided by its own noise; series that never came are left out. */
export function featuresOf(view: SpanView, from: number, to: number, block: number): Float64Array[] {
  const out: Float64Array[] = [];
  const add = (columns: readonly (Float64Array | null | undefined)[], scale: (value: number) => number) => {
    const found = columns.filter((column) => column !== null && column !== undefined);
    const filled = found.length === 0 ? null : held(found, from, to, scale);
    if (filled === null) return;
    const noise = noiseScale(filled, block, FLOOR);
    for (let i = 0; i < filled.length; i += 1) filled[i] = (filled[i] ?? Number.NaN) / noise;
    out.push(filled);
  };
  add([view.busy], (v) => v);
  for (const { ids, scale } of FEATURES)
    add(
      ids.map((id) => view.columns[COLUMN[id]]),
      scale,
    );
  return out;
}

/** The largest of some columns, scaled, without gaps; null where nothing came or nothing ever changed. */
function held(columns: readonly Float64Array[], from: number, to: number, scale: (value: number) => number): Float64Array | null {
  const out = new Float64Array(to - from);
  let first = Number.NaN;
  let value = Number.NaN;
  let changes = false;
  for (let i = from; i < to; i += 1) {
    let raw = Number.NaN;
    for (const column of columns) {
      const one = column[i] ?? Number.NaN;
      if (one === one && !(one <= raw)) raw = one;
    }
    if (raw === raw) {
      const scaled = scale(raw);
      if (first !== first) {
        first = scaled;
        out.fill(scaled, 0, i - from);
      } else if (scaled !== first) changes = true;
      value = scaled;
    }
    out[i - from] = value;
  }
  return first === first && changes ? out : null;
}
