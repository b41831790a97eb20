// Past the door of core/judging: findings are tried on judged runs made by hand, at the exact threshold.
import { turnsOf } from '../../../../core/judging/turns.ts';
import { NOTHING_KNOWN } from '../../../../core/judging/job.ts';
import type { FactName, MetricId, SourceEvent, Table } from '../../../../core/readings/index.ts';
import type { Verdict, Workload } from '../../../../core/contract/index.ts';
import { ALVIS, ceilingsFor, findModel, type GpuId } from '../../../../core/knowledge/index.ts';
import type { AnalyseOptions, FractionName, JudgedGpu, JudgedPhase, JudgedRun, PhaseStates } from '../../../../core/judging/index.ts';
import { aWorkload } from '../../../support/analysis.ts';
import { table } from '../../../support/telemetry.ts';

export type Values = Partial<Record<MetricId, number>>;

/** A phase as a test writes it down: how long, how busy, and the means that matter. */
export interface PhaseSpec {
  readonly seconds: number;
  readonly busy?: number | null;
  readonly bottleneck?: Verdict['bottleneck'];
  readonly activity?: Verdict['activity'];
  readonly mean?: Values;
  readonly fraction?: Partial<Record<FractionName, number>>;
  readonly shares?: Partial<Verdict['shares']>;
  readonly verdict?: Partial<Verdict>;
  /** What judging found to be so. */
  readonly states?: Partial<PhaseStates>;
  /** Seconds without any reading before it. */
  readonly gap?: number;
}

export interface GpuSpec {
  readonly id?: string;
  readonly type?: GpuId | null;
  readonly node?: string;
  readonly phases: readonly PhaseSpec[];
  /** Columns of the series, one value per row; a row per period of the run. */
  readonly series?: Partial<Record<MetricId, readonly number[]>>;
  readonly facts?: Partial<Record<FactName, string>>;
  readonly host?: number | null;
  readonly engines?: readonly number[];
}

function phaseOf(spec: PhaseSpec, from: number, period: number): JudgedPhase {
  const busy = spec.busy === undefined ? null : spec.busy;
  const bottleneck = spec.bottleneck ?? (busy !== null && busy < 0.05 ? 'idle' : 'unknown');
  return {
    from,
    to: from + spec.seconds,
    verdict: {
      ...NOTHING_KNOWN,
      bottleneck,
      activity: spec.activity ?? (bottleneck === 'idle' ? 'idle' : 'unknown'),
      shares: { ...NOTHING_KNOWN.shares, ...spec.shares },
      ...spec.verdict,
    },
    figures: {
      seconds: spec.seconds,
      samples: Math.round(spec.seconds / period),
      idleFraction: null,
      busy,
      mean: new Map(Object.entries(spec.mean ?? {}) as [MetricId, number][]), // keys of a typed literal
      fraction: new Map(Object.entries(spec.fraction ?? {}) as [FractionName, number][]),
    },
    states: { work: [], isSpinning: false, isCacheFull: false, isWithoutTensorCores: false, contradictions: [], ...spec.states },
  };
}

function gpu(spec: GpuSpec, index: number, period: number): JudgedGpu {
  const phases: JudgedPhase[] = [];
  let at = 0;
  for (const one of spec.phases) {
    at += one.gap ?? 0;
    phases.push(phaseOf(one, at, period));
    at += one.seconds;
  }
  const type = spec.type === undefined ? 'A100-40' : spec.type;
  const id = spec.id ?? `#${index}`;
  const busy = phases.flatMap(({ figures }) => Array.from({ length: figures.samples }, () => figures.busy ?? Number.NaN));
  const entity = { kind: 'gpu' as const, id, ...(spec.node === undefined ? {} : { node: spec.node }) };
  const longest = [...phases].sort((a, b) => b.to - b.from - (a.to - a.from))[0];
  return {
    id,
    entity,
    name: null,
    type,
    ceilings: type === null ? null : ceilingsFor(type),
    series: { ...table('gpu', id, { 'gpu.util': busy, ...spec.series }, spec.facts, period), entity },
    host: spec.host === undefined ? null : spec.host,
    engines: spec.engines ?? [],
    phases,
    verdict: longest?.verdict ?? NOTHING_KNOWN,
  };
}

export interface RunSpec {
  readonly gpus: readonly GpuSpec[];
  readonly period?: number;
  readonly options?: AnalyseOptions;
  readonly workload?: Partial<Workload>;
  readonly events?: readonly SourceEvent[];
  readonly engines?: readonly Table[];
  readonly hosts?: readonly Table[];
}

/** A judged run, written down phase by phase from time 0. */
export function judged(spec: RunSpec): JudgedRun {
  const period = spec.period ?? 10;
  const gpus = spec.gpus.map((one, index) => gpu(one, index, period));
  const to = Math.max(0, ...gpus.flatMap(({ phases }) => phases.map((phase) => phase.to)));
  const workload = aWorkload(spec.workload);
  const alone: Omit<JudgedRun, 'turns'> = {
    clock: 'utc',
    from: 0,
    to,
    period,
    options: { site: ALVIS, ...spec.options },
    stand: [],
    workload,
    model: workload.model === null ? null : (findModel(workload.model)?.model ?? null),
    events: spec.events ?? [],
    gpus,
    engines: spec.engines ?? [],
    hosts: spec.hosts ?? [],
    processes: [],
    phases: gpus[0]?.phases ?? [],
    verdict: gpus[0]?.verdict ?? NOTHING_KNOWN,
    mix: { bottleneck: {}, activity: {} },
  };
  return { ...alone, turns: turnsOf(alone) };
}
