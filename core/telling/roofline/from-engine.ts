import { rowWidth, type Table } from '../../readings/index.ts';
import {
  engineWork,
  entityGrid,
  type JudgedGpu,
  type JudgedRun,
  mathType,
  mean,
  type Bins,
  type Subject,
  tallyOf,
  binsOf,
  workOf,
} from '../../judging/index.ts';
import type { Achieved } from './achieved.ts';

/** What an engine's tokens make of one of its GPUs, and where its bytes are only a lower bound. */
interface Modelled {
  readonly windows: readonly Achieved[];
  readonly gaps: readonly string[];
}

/** FLOP/s and bytes/s of a GPU by the same model of an engine's work that verdicts use (§4); nothing without model or engine. */
export function fromEngine(judged: JudgedRun, gpu: JudgedGpu, most: number): Modelled {
  const tables = gpu.engines.map((index) => judged.engines[index]).filter((table) => table !== undefined);
  const [first] = tables;
  if (first === undefined || gpu.ceilings === null) return { windows: [], gaps: [] };
  const bins = binsFor(tables, judged.period);
  if (bins === null) return { windows: [], gaps: [] };
  const key = gpu.engines.join(',');
  const sharing = judged.gpus.filter(({ engines }) => engines.join(',') === key).length;
  const serving = tables.some(({ columns }) => columns.has('engine.running') || columns.has('engine.generationRate'));
  const work = engineWork(judged.options, judged.workload, { facts: first.facts, type: gpu.type, gpus: sharing, engines: tables.length });
  const subject = subjectOf(judged, gpu, { serving, work });
  const whole = tallyOf(bins, 0, bins.length);
  const seconds = whole.on.bins * whole.period;
  const soFar = {
    promptTokens: mean(whole.on, 'engine.promptRate') * seconds,
    generated: mean(whole.on, 'engine.generationRate') * seconds,
    requests: mean(whole.on, 'engine.requests') * seconds,
  };
  const step = Math.max(1, Math.ceil(bins.length / most));
  const windows: Achieved[] = [];
  const gaps = new Set<string>();
  for (let row = 0; row < bins.length; row += step) {
    const end = Math.min(bins.length, row + step);
    const tally = tallyOf(bins, row, end);
    tally.soFar = soFar;
    const done = tally.on.bins === 0 ? null : workOf(tally, subject);
    if (done === null || !(done.flops > 0) || !(done.bytes > 0)) continue;
    for (const gap of done.gaps) gaps.add(gap);
    windows.push({ at: (bins.first + row) * bins.period, to: (bins.first + end) * bins.period, flops: done.flops, bytes: done.bytes });
  }
  return { windows, gaps: [...gaps] };
}

/** The GPU as verdicts see one: with its engine's work, and nothing of what only a verdict asks. */
function subjectOf({ workload }: JudgedRun, gpu: JudgedGpu, { serving, work }: Pick<Subject, 'serving' | 'work'>): Subject {
  return {
    kind: 'gpu',
    id: gpu.id,
    type: gpu.type,
    ceilings: gpu.ceilings,
    serving,
    engineName: null,
    training: !serving,
    fineTuning: false,
    work,
    math: mathType(work?.format ?? null, workload, gpu.type),
    modelNamed: workload.model,
    processSays: null,
    noServer: false,
    engineMaxRunning: null,
    cores: null,
    mig: false,
    engineAmbiguous: false,
  };
}

/** The engines' series on a grid as wide as their widest rows, put together as a verdict's own bins are. */
function binsFor(tables: readonly Table[], period: number): Bins | null {
  const width = Math.max(...tables.map(({ t }) => rowWidth(t, period)));
  const grids = tables.map(({ t, columns }) => {
    const grid = entityGrid(width);
    for (const [id, column] of columns) grid.gauges(id, { t, values: column, start: 0 });
    return grid;
  });
  const first = Math.min(...grids.map((grid) => grid.start()));
  const end = Math.max(...grids.map((grid) => grid.end()));
  return end > first ? binsOf({ gpu: null, host: null, engines: grids, processes: [] }, width, first, end) : null;
}
