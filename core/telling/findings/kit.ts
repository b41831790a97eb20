import { BRIDGED_PERIODS, type FractionName, type JudgedGpu, type JudgedPhase, type JudgedRun } from '../../judging/index.ts';
import type { Finding, FindingId } from '../../contract/index.ts';
import type { MetricId } from '../../readings/index.ts';

/** A stretch of time of one GPU and the phases in it. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
  readonly phases: readonly JudgedPhase[];
}

/** Stretches of consecutive phases for which something holds; a gap of a few samples does not end one. */
export function stretchesOf(phases: readonly JudgedPhase[], period: number, holds: (phase: JudgedPhase) => boolean): Stretch[] {
  const out: { from: number; to: number; phases: JudgedPhase[] }[] = [];
  let open: (typeof out)[number] | null = null;
  for (const phase of phases) {
    if (!holds(phase)) open = null;
    else if (open !== null && phase.from - open.to <= BRIDGED_PERIODS * period) {
      open.to = phase.to;
      open.phases.push(phase);
    } else {
      open = { from: phase.from, to: phase.to, phases: [phase] };
      out.push(open);
    }
  }
  return out;
}

/** A number over phases, weighted by their samples; NaN where none has it. */
export function over(phases: readonly JudgedPhase[], value: (phase: JudgedPhase) => number | null | undefined): number {
  let sum = 0;
  let weight = 0;
  for (const phase of phases) {
    const one = value(phase);
    if (one === null || one === undefined || Number.isNaN(one)) continue;
    sum += one * phase.figures.samples;
    weight += phase.figures.samples;
  }
  return weight > 0 ? settled(sum / weight) : Number.NaN;
}

export function meanOver(phases: readonly JudgedPhase[], id: MetricId): number {
  return over(phases, (phase) => phase.figures.mean.get(id));
}

export function fractionOver(phases: readonly JudgedPhase[], name: FractionName): number {
  return over(phases, (phase) => phase.figures.fraction.get(name));
}

/** Samples of some phases together. */
export function samplesOf(phases: readonly JudgedPhase[]): number {
  return phases.reduce((sum, { figures }) => sum + figures.samples, 0);
}

/** `GPU 2` where its index is known, with the start of its UUID where it has one. */
export function gpuName(gpu: JudgedGpu): string {
  const index = gpu.series.facts.get('index') ?? /^#(\d+)$/.exec(gpu.id)?.[1];
  const short = gpu.id.startsWith('#') ? null : gpu.id.slice(0, 12);
  if (index === undefined) return short ?? gpu.id;
  return short === null ? `GPU ${index}` : `GPU ${index} (${short})`;
}

/** What a finding says, before times and entity. */
export interface Said {
  readonly id: FindingId;
  readonly text: string;
  readonly evidence: readonly string[];
}

/** A finding; its end is null while the run goes on and it reaches to now. */
export function finding(judged: JudgedRun, said: Said, where: { entity: string | null; from: number | null; to: number | null }): Finding {
  return { ...said, evidence: [...said.evidence], ...where, to: where.to === null || isOpen(judged, where.to) ? null : where.to };
}

/** Whether something that was so until `to` is so still: only a caller that gave its clock follows a running job. */
export function isOpen(judged: JudgedRun, to: number): boolean {
  return judged.options.now !== undefined && judged.to - to <= BRIDGED_PERIODS * judged.period;
}

/** Lists a few names and counts the rest. */
export function listed(names: readonly string[], most = 8): string {
  return names.length <= most ? names.join(', ') : `${names.slice(0, most).join(', ')} and ${names.length - most} more`;
}

/** GPU-hours of so many GPUs over so many seconds, in words. */
export function gpuHours(gpus: number, seconds: number): string {
  const hours = (gpus * seconds) / 3600;
  return `${hours >= 9.95 ? hours.toFixed(0) : hours >= 0.995 ? hours.toFixed(1) : hours.toFixed(2)} GPU-hours`;
}

/** Rounds off what adding and dividing left in the last binary digits, so that a threshold met exactly counts as met. */
export function settled(value: number): number {
  return Math.round(value * 1e9) / 1e9;
}
