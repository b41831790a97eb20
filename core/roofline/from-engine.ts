import { aligned } from '../aligned.ts';
import { JUDGED, type JudgedMetric } from '../classify/columns.ts';
import { mean } from '../classify/stats.ts';
import type { Subject } from '../classify/subject.ts';
import { tallyOf, type SpanView } from '../classify/tally.ts';
import { workOf } from '../classify/work.ts';
import type { Table } from '../columns.ts';
import type { JudgedGpu, JudgedRun } from '../judged.ts';
import { engineWork } from '../phases/engine-work.ts';
import type { Achieved } from './point.ts';

/** What an engine's tokens make of one of its GPUs, and where its bytes are only a lower bound. */
export interface Modelled { readonly windows: readonly Achieved[]; readonly gaps: readonly string[] }

/** Quantities of several engines that do not add up. */
const NOT_SUMMED: readonly JudgedMetric[] = ['engine.kvUsage', 'engine.cacheHitRatio'];

/** FLOP/s and bytes/s of a GPU by the same model of an engine's work that verdicts use (SCIENCE §4); nothing without model or engine. */
export function fromEngine(judged: JudgedRun, gpu: JudgedGpu, most: number): Modelled {
  const tables = gpu.engines.map((index) => judged.engines[index]).filter((table) => table !== undefined);
  const [first] = tables;
  if (first === undefined || gpu.ceilings === null) return { windows: [], gaps: [] };
  const view = viewOf(tables, judged.period);
  const key = gpu.engines.join(',');
  const sharing = judged.gpus.filter(({ engines }) => engines.join(',') === key).length;
  const serving = tables.some(({ columns }) => columns.has('engine.running') || columns.has('engine.generationRate'));
  const work = engineWork(judged.options, judged.workload, { facts: first.facts, type: gpu.type, gpus: sharing, engines: tables.length });
  const subject: Subject = {
    kind: 'gpu', id: gpu.id, type: gpu.type, ceilings: gpu.ceilings, powerReported: false, serving, engineName: null, training: !serving, fineTuning: false,
    work, modelNamed: judged.workload.model, processSays: null, noServer: false, engineMaxRunning: null, cores: null, mig: false, nvlinked: false, engineAmbiguous: false,
  };
  const whole = tallyOf(view.span, 0, view.span.bins);
  const seconds = whole.on.bins * whole.period;
  const soFar = { promptTokens: mean(whole.on, 'engine.promptRate') * seconds, generated: mean(whole.on, 'engine.generationRate') * seconds, requests: mean(whole.on, 'engine.requests') * seconds };
  const step = Math.max(1, Math.ceil(view.span.bins / most));
  const windows: Achieved[] = [];
  const gaps = new Set<string>();
  for (let row = 0; row < view.span.bins; row += step) {
    const end = Math.min(view.span.bins, row + step);
    const tally = tallyOf(view.span, row, end);
    tally.soFar = soFar;
    const done = tally.on.bins === 0 ? null : workOf(tally, subject);
    if (done === null || !(done.flops > 0) || !(done.bytes > 0)) continue;
    for (const gap of done.gaps) gaps.add(gap);
    windows.push({ at: view.t[row] ?? Number.NaN, to: (view.t[end - 1] ?? Number.NaN) + view.span.period, flops: done.flops, bytes: done.bytes });
  }
  return { windows, gaps: [...gaps] };
}

/** Engines together on common rows, as a tally reads them. */
function viewOf(tables: readonly Table[], period: number): { span: SpanView; t: Float64Array } {
  const ids = JUDGED.filter((id) => id.startsWith('engine.') && tables.some(({ columns }) => columns.has(id)));
  const rows = aligned(tables, period, () => () => 0);
  const place = new Map([...rows.t].map((at, row) => [at, row]));
  const columns = JUDGED.map((id) => {
    if (!ids.includes(id)) return null;
    const one = aligned(tables, period, ({ columns: own }) => (row) => own.get(id)?.[row] ?? Number.NaN);
    const out = new Float64Array(rows.t.length).fill(Number.NaN);
    one.t.forEach((at, i) => {
      const present = one.values.map((values) => values[i] ?? Number.NaN).filter((value) => !Number.isNaN(value));
      const sum = present.reduce((total, value) => total + value, 0);
      const row = place.get(at);
      if (present.length > 0 && row !== undefined) out[row] = NOT_SUMMED.includes(id) ? sum / present.length : sum;
    });
    return out;
  });
  const bins = rows.t.length;
  const running = columns[JUDGED.indexOf('engine.running')];
  const demand = Int8Array.from({ length: bins }, (_, i) => (running === null || running === undefined ? -1 : (running[i] ?? Number.NaN) > 0 ? 1 : 0));
  return {
    t: rows.t,
    span: { period: rows.width, first: 0, bins, columns, demand, seen: new Uint8Array(bins).fill(1), busy: new Float64Array(bins).fill(Number.NaN) },
  };
}
