import type { Bottleneck, Tier } from '../contract/index.ts';
import { formatPercent } from '../readings/index.ts';
import type { Cause, Causes } from './cause.ts';
import { BOTTLENECK_OF, type Label, type Resource, type ResourceShares } from './label.ts';
import type { WindowShares } from './shares.ts';
import { COLUMN, covered, type JudgedMetric, known } from './stats.ts';
import { CEILINGS, DISAGREE, FLIP_CAP, MARGIN, WORTH_NAMING } from './thresholds.ts';

/** Shares as the tree compares them. */
export function resourceShares(window: WindowShares): ResourceShares {
  return { compute: window.compute, memory: window.memory, nvlink: window.nvlink, pcie: window.pcie, nic: window.nic, disk: window.disk, empty: window.empty };
}

/** What a share is caused by, where it needs a cause: empty time and a busy NIC. */
export function causeFor(resource: Resource | null, causes: Causes): Cause | null {
  return resource === 'empty' ? causes.empty : resource === 'nic' ? causes.traffic : null;
}

/** The bottleneck that a resource means, given the causes. */
export function meaningOf(resource: Resource, causes: Causes): Bottleneck {
  return BOTTLENECK_OF[resource] ?? causeFor(resource, causes)?.bottleneck ?? (resource === 'nic' ? 'network' : 'unknown');
}

/** The cap on a grade whose cause could be two things. */
export function causeCaps(label: Label, causes: Causes): GradeInput['caps'] {
  const doubt = causeFor(label.first, causes)?.doubt ?? null;
  return doubt === null ? [] : [{ value: FLIP_CAP, why: doubt }];
}

/** Counter and model of the deciding resource, where both are there: [counter, model]. */
export function bothOf(window: WindowShares, resource: Resource): [number, number] | null {
  const pair: [number, number] | null =
    resource === 'memory' && (window.memoryFrom === 'counter' || window.memoryFrom === 'nvml')
      ? [window.memory, window.memoryModel]
      : resource === 'compute' && window.computeFrom === 'counter'
        ? [window.compute, window.computeModel]
        : null;
  return pair !== null && known(pair[1]) ? pair : null;
}

/** Whether DCGM’s counter and the model of a resource are both there and within DISAGREE of each other. */
export function agrees(window: WindowShares, resource: Resource): boolean {
  const both = bothOf(window, resource);
  return both !== null && window.dcgm && both[0] <= DISAGREE * both[1] && both[1] <= DISAGREE * both[0];
}

/** A: engine counters with model and GPU known; B: DCGM; C: neither. */
export function tierOf(window: WindowShares): Tier {
  if (window.modelled || (window.subject.serving && window.subject.work !== null && window.subject.ceilings !== null)) return 'A';
  return window.dcgm ? 'B' : 'C';
}

/** The most that a grade of a tier can be, 0–1. */
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

/** Part of the window’s samples that have the evidence for a resource, 0–1. */
export function coverageOf(window: WindowShares, resource: Resource): number {
  const { counter, model } = DECIDING[resource];
  if (resource === 'empty') {
    const asleep = window.demand === false;
    const count = asleep ? window.tally.offBusyCount : window.tally.busyCount;
    return count === 0 ? 1 : Math.min(1, count / window.samples);
  }
  const best = Math.max(
    covered(window.stats, counter),
    covered(window.stats, resource === 'nic' ? 'host.ibRxRate' : counter),
    resource === 'compute' ? Math.max(covered(window.stats, 'gpu.fp32Active'), covered(window.stats, 'gpu.fp64Active')) : 0,
  );
  if (best > 0) return best;
  if (model === null) return 1;
  const counted = Math.max(
    covered(window.stats, model),
    covered(window.stats, 'engine.flops'),
    covered(window.stats, 'engine.trainTokenRate'),
    covered(window.stats, 'engine.trainTokenRatePerGpu'),
    covered(window.stats, 'engine.trainFlopRate'),
  );
  // The first sample of a counter has no rate yet: of n samples n − 1 are all that there can be.
  return window.samples <= 1 ? counted : Math.min(1, (counted * window.samples) / (window.samples - 1));
}

/** Who shows the GPU’s own figures. */
export function gpuSource(window: WindowShares): string {
  return window.dcgm ? 'dcgm' : 'nvidia-smi';
}

/** Who shows how busy the GPU was. */
export function busySource(window: WindowShares): string {
  return window.busyFrom === 'engine' ? (window.subject.engineName ?? 'engine') : (window.busyFrom ?? 'nvidia-smi');
}

/** The sources that decided a label, each once. */
export function evidenceOf(window: WindowShares, label: Label, causes: Causes): string[] {
  const out: string[] = [];
  if (label.first === 'empty' || label.rule === 'overhead' || label.rule === 'unexplained') out.push(busySource(window));
  const cause = causeFor(label.first, causes);
  if (cause !== null) out.push(...cause.evidence);
  if (label.first === 'nic' || label.first === 'disk') out.push('proc');
  if (label.first === 'pcie' || label.first === 'nvlink') out.push(gpuSource(window));
  for (const resource of [label.first, label.rule === 'balanced' ? label.next : null]) {
    if (resource === 'memory') out.push(...basis(window, window.memoryFrom, window.memoryModel));
    if (resource === 'compute') out.push(...basis(window, window.computeFrom, window.computeModel));
  }
  return union(out, []);
}

function basis(window: WindowShares, from: WindowShares['memoryFrom'], model: number): string[] {
  const engine = window.subject.engineName ?? 'engine';
  if (from === 'model') return [engine];
  return [from === 'nvml' ? 'nvidia-smi' : 'dcgm', ...(known(model) ? [engine] : [])];
}

/** The sources that a window has at all, each once. */
export function windowSources(window: WindowShares): string[] {
  return union(
    [
      ...(window.subject.serving || window.subject.training ? [window.subject.engineName ?? 'engine'] : []),
      ...(window.dcgm ? ['dcgm'] : window.busyFrom === 'nvidia-smi' ? ['nvidia-smi'] : []),
    ],
    [],
  );
}

/** What is not there, and how to get it. */
export function whatWouldTell(window: WindowShares): string[] {
  const { subject, stats } = window;
  const out: string[] = [];
  if ((subject.serving || subject.training) && subject.work === null && !(window.work?.from === 'engine')) {
    out.push(subject.modelNamed === null ? 'the model: its name, or its config.json' : `the architecture of ${subject.modelNamed}: its config.json`);
  }
  if (subject.ceilings === null && (stats.count[COLUMN['gpu.util']] ?? Number.NaN) >= 0 && subject.kind !== 'host') out.push('the GPU type');
  if (subject.engineAmbiguous) out.push('which GPUs belong to which engine: several engines ran, none says its GPUs');
  out.push(...window.refuted.map(({ remedy }) => remedy));
  if (window.work !== null && window.work.from !== null && window.memoryFrom !== 'counter')
    out.push(...window.work.gaps.map((gap) => `${gap}: without them the memory share is ${window.memoryFrom === null ? 'not known' : 'a lower bound'}`));
  return out;
}

/** The deciding share in words. */
export function mainLine(window: WindowShares, resource: Resource, share: number): string {
  const from = resource === 'memory' ? window.memoryFrom : resource === 'compute' ? window.computeFrom : 'counter';
  return `${TITLES[resource]} ${formatPercent(share)} of the achievable${from === 'model' ? ', by the engine’s tokens and the model' : ''}`;
}

/** Resources as texts call them. */
export const TITLES: Readonly<Record<Resource, string>> = {
  compute: 'compute',
  memory: 'memory bandwidth',
  nvlink: 'NVLink',
  pcie: 'PCIe',
  nic: 'network interface',
  disk: 'local disk',
  empty: 'empty time',
};

/** A share by the engine's tokens and the model's arithmetic, not by a counter. */
export function isModelled({ memoryFrom, computeFrom }: WindowShares, resource: Resource): boolean {
  return (resource === 'memory' && memoryFrom === 'model') || (resource === 'compute' && computeFrom === 'model');
}

/** The other shares that are known, largest first: a verdict carries its numbers. */
export function shareLines(window: WindowShares, label: Label, causes: Causes): string[] {
  const shares = resourceShares(window);
  const names: Resource[] = ['memory', 'compute', 'nvlink', 'pcie', 'nic', 'empty'];
  const all = label.rule === 'overhead' || label.rule === 'unexplained';
  const parts = names
    .filter((name) => known(shares[name]) && !(name === label.first && !all))
    .sort((a, b) => shares[b] - shares[a])
    .map((name) => `${TITLES[name]} ${formatPercent(shares[name])}${isModelled(window, name) ? ' (modelled)' : ''}`);
  const out = parts.length === 0 ? [] : [`${!all ? 'against it' : names.some((name) => isModelled(window, name)) ? 'known' : 'measured'}: ${parts.join(', ')}`];
  // A link that is busy for as long as the GPU is empty explains the waiting: no cause is unknown beside it.
  const explained = (label.first === 'pcie' || label.first === 'nic') && !all && causes.empty?.bottleneck === 'unknown' && shares[label.first] >= window.empty;
  if (label.first !== 'empty' && causes.empty !== null && window.empty >= WORTH_NAMING && !explained) out.push(causes.empty.why);
  if (label.lean !== null) out.push(`${TITLES[label.lean]}-leaning`);
  return out;
}

/** Both lists, each entry once. */
export function union<T>(a: readonly T[], b: readonly T[]): T[] {
  return distinct([...a, ...b]);
}

/** A list, each entry once. */
export function distinct<T>(list: readonly T[]): T[] {
  return [...new Set(list)];
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
  return Math.min(1, Math.max(MARGIN.edge, MARGIN.edge + MARGIN.slope * (ratio - 1)));
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
