import { rowWidth, type Table } from '../readings/index.ts';
import { type Bins, binsOf } from './bins.ts';
import { entityGrid } from './grid.ts';
import type { JudgedGpu, JudgedRun } from './judged-run.ts';
import { mean } from './stats.ts';
import { engineWork, mathType } from './subject.ts';
import { type Tally, tallyOf } from './tally.ts';
import { type Worker, workOf } from './work.ts';

/** What an engine did on one GPU from `at` to `to` (seconds), per second. */
interface EngineWindow {
  readonly at: number;
  readonly to: number;
  readonly flops: number;
  readonly bytes: number;
}

/** An engine's work window by window, and where its bytes are only a lower bound. */
export interface EngineWindows {
  readonly windows: readonly EngineWindow[];
  readonly gaps: readonly string[];
}

const NOTHING: EngineWindows = { windows: [], gaps: [] };

/**
 * FLOP/s and bytes/s of a GPU by the same model of an engine's work that verdicts use (§4), over the run's series in at most
 * `most` windows; nothing without model or engine.
 */
export function engineWindows(judged: JudgedRun, gpu: JudgedGpu, most: number): EngineWindows {
  const engines = gpu.engines.map((index) => judged.engines[index]).filter((table) => table !== undefined);
  const bins = gpu.ceilings === null ? null : seriesBins(engines, judged.period);
  if (bins === null) return NOTHING;
  const worker = workerOf(judged, gpu, engines);
  const soFar = wholeOf(bins);
  const step = Math.max(1, Math.ceil(bins.length / most));
  const windows: EngineWindow[] = [];
  const gaps = new Set<string>();
  for (let row = 0; row < bins.length; row += step) {
    const end = Math.min(bins.length, row + step);
    const tally = { ...tallyOf(bins, row, end), soFar };
    const done = tally.on.bins === 0 ? null : workOf(tally, worker);
    if (done === null || !(done.flops > 0) || !(done.bytes > 0)) continue;
    for (const gap of done.gaps) gaps.add(gap);
    windows.push({ at: (bins.first + row) * bins.period, to: (bins.first + end) * bins.period, flops: done.flops, bytes: done.bytes });
  }
  return { windows, gaps: [...gaps] };
}

function workerOf({ gpus, options, workload }: JudgedRun, { engines, type, ceilings }: JudgedGpu, tables: readonly Table[]): Worker {
  const key = engines.join(',');
  const sharing = gpus.filter((other) => other.engines.join(',') === key).length;
  const serving = tables.some(({ columns }) => columns.has('engine.running') || columns.has('engine.generationRate'));
  const work = engineWork(options, workload, { facts: tables[0]?.facts ?? new Map(), type, gpus: sharing, engines: tables.length, serving });
  return { serving, training: !serving, fineTuning: false, work, ceilings, math: mathType(work?.format ?? null, workload, type) };
}

/** Tokens and requests of the whole run: requests in a window are taken to be as long as all of them on average. */
function wholeOf(bins: Bins): Tally['soFar'] {
  const { on, period } = tallyOf(bins, 0, bins.length);
  const seconds = on.bins * period;
  return {
    promptTokens: mean(on, 'engine.promptRate') * seconds,
    generated: mean(on, 'engine.generationRate') * seconds,
    requests: mean(on, 'engine.requests') * seconds,
  };
}

/** The engines' series on a grid as wide as their widest rows; null where they hold nothing. */
function seriesBins(tables: readonly Table[], period: number): Bins | null {
  const width = Math.max(...tables.map(({ t }) => rowWidth(t, period)));
  const grids = tables.map(({ t, columns }) => {
    const grid = entityGrid(width);
    for (const [id, values] of columns) grid.gauges(id, { t, values, start: 0 });
    return grid;
  });
  const first = Math.min(...grids.map((grid) => grid.start()));
  const end = Math.max(...grids.map((grid) => grid.end()));
  return end > first ? binsOf({ gpu: null, host: null, engines: grids, processes: [] }, width, first, end) : null;
}
