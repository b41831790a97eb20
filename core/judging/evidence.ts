import type { Bottleneck, Tier } from '../contract/index.ts';
import { formatPercent } from '../readings/index.ts';
import type { Cause } from './cause.ts';
import { BOTTLENECK_OF, type Label, type Resource, type ResourceShares } from './label.ts';
import type { Sight } from './shares.ts';
import { COLUMN, type JudgedMetric, covered, known } from './stats.ts';
import { CEILINGS, DISAGREE, FLIP_CAP, WORTH_NAMING } from './thresholds.ts';

/** What empty time waits for, and what the NIC carries, where either was asked. */
export interface Around {
  readonly empty: Cause | null;
  readonly traffic: Cause | null;
}

/** Shares as the tree compares them. */
export function sharesOf(sight: Sight): ResourceShares {
  return { compute: sight.compute, memory: sight.memory, nvlink: sight.nvlink, pcie: sight.pcie, nic: sight.nic, disk: sight.disk, empty: sight.empty };
}

export function causeFor(resource: Resource | null, around: Around): Cause | null {
  return resource === 'empty' ? around.empty : resource === 'nic' ? around.traffic : null;
}

export function meaningOf(resource: Resource, around: Around): Bottleneck {
  return BOTTLENECK_OF[resource] ?? causeFor(resource, around)?.bottleneck ?? (resource === 'nic' ? 'network' : 'unknown');
}

export function causeCaps(label: Label, around: Around): GradeInput['caps'] {
  return causeFor(label.first, around)?.capped === true ? [{ value: FLIP_CAP, why: 'two causes that cannot be told apart' }] : [];
}

/** Counter and model of the deciding resource, where both are there: [counter, model]. */
export function bothOf(sight: Sight, resource: Resource): [number, number] | null {
  const pair: [number, number] | null =
    resource === 'memory' && (sight.memoryFrom === 'counter' || sight.memoryFrom === 'nvml')
      ? [sight.memory, sight.memoryModel]
      : resource === 'compute' && sight.computeFrom === 'counter'
        ? [sight.compute, sight.computeModel]
        : null;
  return pair !== null && known(pair[1]) ? pair : null;
}

export function agrees(sight: Sight, resource: Resource): boolean {
  const both = bothOf(sight, resource);
  return both !== null && sight.dcgm && both[0] <= DISAGREE * both[1] && both[1] <= DISAGREE * both[0];
}

/** A: engine counters with model and GPU known; B: DCGM; C: neither. */
export function tierOf(sight: Sight): Tier {
  if (sight.modelled || (sight.subject.serving && sight.subject.work !== null && sight.subject.ceilings !== null)) return 'A';
  return sight.dcgm ? 'B' : 'C';
}

export function ceilingOf(tier: Tier, agreeing: boolean): number {
  if (tier === 'C') return CEILINGS.none;
  return tier === 'A' && agreeing ? CEILINGS.agreeing : CEILINGS.single;
}

const DECIDING: Readonly<Record<Resource, { counter: JudgedMetric; model: JudgedMetric | null }>> = {
  compute: { counter: 'gpu.tensorActive', model: 'engine.generationRate' },
  memory: { counter: 'gpu.dramActive', model: 'engine.generationRate' },
  nvlink: { counter: 'gpu.nvlinkRx', model: null },
  pcie: { counter: 'gpu.pcieRx', model: null },
  nic: { counter: 'host.netRxRate', model: null },
  disk: { counter: 'host.diskBusy', model: null },
  empty: { counter: 'gpu.util', model: null },
};

export function coverageOf(sight: Sight, resource: Resource): number {
  const { counter, model } = DECIDING[resource];
  if (resource === 'empty') {
    const asleep = sight.demand === false;
    const count = asleep ? sight.tally.offBusyCount : sight.tally.busyCount;
    return count === 0 ? 1 : Math.min(1, count / sight.samples);
  }
  const best = Math.max(
    covered(sight.stats, counter),
    covered(sight.stats, resource === 'nic' ? 'host.ibRxRate' : counter),
    resource === 'compute' ? Math.max(covered(sight.stats, 'gpu.fp32Active'), covered(sight.stats, 'gpu.fp64Active')) : 0,
  );
  if (best > 0) return best;
  if (model === null) return 1;
  const counted = Math.max(
    covered(sight.stats, model),
    covered(sight.stats, 'engine.flops'),
    covered(sight.stats, 'engine.trainTokenRate'),
    covered(sight.stats, 'engine.trainFlopRate'),
  );
  // The first sample of a counter has no rate yet: of n samples n − 1 are all that there can be.
  return sight.samples <= 1 ? counted : Math.min(1, (counted * sight.samples) / (sight.samples - 1));
}

export function gpuSource(sight: Sight): string {
  return sight.dcgm ? 'dcgm' : 'nvidia-smi';
}

export function busySource(sight: Sight): string {
  return sight.busyFrom === 'engine' ? (sight.subject.engineName ?? 'engine') : (sight.busyFrom ?? 'nvidia-smi');
}

export function evidenceOf(sight: Sight, label: Label, around: Around): string[] {
  const out: string[] = [];
  if (label.first === 'empty' || label.rule === 'overhead') out.push(busySource(sight));
  const cause = causeFor(label.first, around);
  if (cause !== null) out.push(...cause.evidence);
  if (label.first === 'nic' || label.first === 'disk') out.push('proc');
  if (label.first === 'pcie' || label.first === 'nvlink') out.push(gpuSource(sight));
  for (const resource of [label.first, label.rule === 'balanced' ? label.next : null]) {
    if (resource === 'memory') out.push(...basis(sight, sight.memoryFrom, sight.memoryModel));
    if (resource === 'compute') out.push(...basis(sight, sight.computeFrom, sight.computeModel));
  }
  return union(out, []);
}

function basis(sight: Sight, from: Sight['memoryFrom'], model: number): string[] {
  const engine = sight.subject.engineName ?? 'engine';
  if (from === 'model') return [engine];
  return [from === 'nvml' ? 'nvidia-smi' : 'dcgm', ...(known(model) ? [engine] : [])];
}

export function sourcesOf(sight: Sight): string[] {
  return union(
    [
      ...(sight.subject.serving || sight.subject.training ? [sight.subject.engineName ?? 'engine'] : []),
      ...(sight.dcgm ? ['dcgm'] : sight.busyFrom === 'nvidia-smi' ? ['nvidia-smi'] : []),
    ],
    [],
  );
}

/** What is not there, and how to get it. */
export function whatWouldTell(sight: Sight): string[] {
  const { subject, stats } = sight;
  const out: string[] = [];
  if ((subject.serving || subject.training) && subject.work === null && !(sight.work?.from === 'engine')) {
    out.push(
      subject.modelNamed === null
        ? 'the model: give --model (or --config with its config.json)'
        : `the architecture of ${subject.modelNamed}: give --config with its config.json`,
    );
  }
  if (subject.ceilings === null && (stats.count[COLUMN['gpu.util']] ?? Number.NaN) >= 0 && subject.kind !== 'host') out.push('the GPU type: give --gpu');
  if (subject.engineAmbiguous) out.push('which GPUs belong to which engine: several engines ran, none says its GPUs');
  if (sight.work !== null && sight.memoryFrom !== 'counter')
    out.push(...sight.work.gaps.map((gap) => `${gap}: the memory share is ${sight.memoryFrom === null ? 'not known' : 'a lower bound'} without`));
  return out;
}

export function mainLine(sight: Sight, resource: Resource, share: number): string {
  const from = resource === 'memory' ? sight.memoryFrom : resource === 'compute' ? sight.computeFrom : 'counter';
  return `${TITLES[resource]} ${formatPercent(share)} of the achievable${from === 'model' ? ', by the engine’s tokens and the model' : ''}`;
}

export const TITLES: Readonly<Record<Resource, string>> = {
  compute: 'compute',
  memory: 'memory bandwidth',
  nvlink: 'NVLink',
  pcie: 'PCIe',
  nic: 'network interface',
  disk: 'local disk',
  empty: 'empty time',
};

/** The other shares that were measured, largest first: a verdict carries its numbers. */
export function shareLines(sight: Sight, label: Label, around: Around): string[] {
  const shares = sharesOf(sight);
  const names: Resource[] = ['memory', 'compute', 'nvlink', 'pcie', 'nic', 'empty'];
  const parts = names
    .filter((name) => known(shares[name]) && !(name === label.first && label.rule !== 'overhead'))
    .sort((a, b) => shares[b] - shares[a])
    .map((name) => `${TITLES[name]} ${formatPercent(shares[name])}`);
  const out = parts.length === 0 ? [] : [`${label.rule === 'overhead' ? 'measured' : 'against it'}: ${parts.join(', ')}`];
  if (label.first !== 'empty' && around.empty !== null && sight.empty >= WORTH_NAMING) out.push(around.empty.why);
  if (label.lean !== null) out.push(`${TITLES[label.lean]}-leaning`);
  return out;
}

export function union<T>(a: readonly T[], b: readonly T[]): T[] {
  return [...new Set([...a, ...b])];
}

/** The arithmetic of a grade (§7.4), kept so that it can be published with it. */
export interface GradeInput {
  readonly ceiling: number;
  /** Part of the window's samples that have the deciding evidence. */
  readonly coverage: number;
  /** How far past each rule, as ratios ≥ 1 (s1 ÷ threshold, s1 ÷ (1.25·s2)); the smallest counts. */
  readonly ratios: readonly number[];
  readonly caps: readonly { readonly value: number; readonly why: string }[];
}

export interface Grade {
  readonly grade: number;
  readonly gradeWhy: string;
}

/** clip(0.5 + 2·(ratio − 1), 0.5, 1): half at a rule's edge, whole from 25 % past it. */
export function marginOf(ratio: number): number {
  return Math.min(1, Math.max(0.5, 0.5 + 2 * (ratio - 1)));
}

/** grade = ceiling × coverage × margin, under its caps: a grade of the evidence, not a probability. */
export function gradeOf({ ceiling, coverage, ratios, caps }: GradeInput): Grade {
  const margin = marginOf(Math.min(...ratios, Number.MAX_VALUE));
  const product = ceiling * Math.min(1, coverage) * margin;
  const lowest = caps.reduce((low, cap) => Math.min(low, cap.value), 1);
  const grade = Math.round(Math.min(product, lowest) * 1000) / 1000;
  const sum = `${ceiling.toFixed(2)} × ${Math.min(1, coverage).toFixed(2)} × ${margin.toFixed(2)} = ${product.toFixed(2)}`;
  const binding = caps.filter((cap) => cap.value < product);
  const limits = binding.map((cap) => `at most ${cap.value.toFixed(2)}: ${cap.why}`).join('; ');
  return { grade, gradeWhy: `ceiling × coverage × margin = ${sum}${limits === '' ? '' : `; ${limits}`}` };
}

/** For a verdict that names no bottleneck. */
export const UNGRADED: Grade = { grade: 0, gradeWhy: 'no bottleneck is named, so nothing is graded' };

/** For the text of a cap on disagreement. */
export function disagreement(counter: number, model: number): string {
  const reason = counter < model ? ': the model is a lower bound, so the model, its data type or the step count is wrong' : '';
  return `counter (${formatPercent(counter)}) and model (${formatPercent(model)}) differ by more than 25 %${reason}`;
}
