import type { Bottleneck, Tier } from '../contract/verdict.ts';
import { formatPercent } from '../units.ts';
import { capacityOf } from './capacity.ts';
import { causeOfEmpty, causeOfTraffic, type Cause } from './cause.ts';
import { COLUMN, type JudgedMetric } from './columns.ts';
import { disagreement, type GradeInput } from './grade.ts';
import { BOTTLENECK_OF, labelOf, sameLabel, type Label, type LabelFacts, type Resource, type ResourceShares } from './label.ts';
import { isLoading, type Sight } from './sight.ts';
import { covered, known, mean } from './stats.ts';
import { nvidiaSmiAlone } from './tier-c.ts';
import {
  CEILINGS, CONTRIBUTING, DISAGREE, DISAGREE_CAP, DOMINANT, ETA_ERROR, FLIP_CAP, HUNG_BUSY, HUNG_SECONDS, INACTIVE, LEAN_CAP, MIN_SAMPLES, NO_TENSOR, SPIN_BUSY, TIE, WORTH_NAMING,
} from './thresholds.ts';

/** A label with everything that a verdict prints about it. */
export interface Decision {
  readonly bottleneck: Bottleneck;
  readonly second: Bottleneck | null;
  readonly lean: Bottleneck | null;
  readonly tier: Tier;
  readonly evidence: readonly string[];
  /** Null where nothing is named. */
  readonly grade: GradeInput | null;
  readonly candidates: readonly Bottleneck[];
  readonly missing: readonly string[];
  readonly why: readonly string[];
  /** Share of the binding resource and of the next one; NaN where neither means anything. */
  readonly share: number;
  readonly next: number;
  /** What empty time waits for, and what the NIC carries. */
  readonly empty: Cause | null;
  readonly traffic: Cause | null;
}

/** The whole tree of §7.2 for one window. */
export function decide(sight: Sight): Decision {
  const shares = sharesOf(sight);
  const facts = factsOf(sight);
  const empty = known(sight.empty) && sight.empty >= INACTIVE ? causeOfEmpty(sight) : null;
  const traffic = known(sight.nic) && sight.nic >= CONTRIBUTING ? causeOfTraffic(sight) : null;
  const around = { empty, traffic };
  if (sight.samples < MIN_SAMPLES) return unknown(sight, around, [`only ${sight.samples} samples`], []);
  if (isIdle(sight)) return idle(sight, around);
  const label = labelOf(shares, facts);
  const plain = fromLabel(sight, label, shares, facts, around);
  const capacity = capacityOf(sight);
  if (capacity === null) return plain;
  return {
    ...plain, bottleneck: 'capacity', second: plain.bottleneck === 'unknown' ? null : plain.bottleneck === 'balanced' ? plain.second : plain.bottleneck, lean: null,
    tier: capacity.tier === 'A' ? tierOf(sight) : sight.dcgm ? 'B' : 'C',
    evidence: union([capacity.tier === 'A' ? sight.subject.engineName ?? 'engine' : gpuSource(sight)], plain.evidence),
    grade: { ceiling: ceilingOf(tierOf(sight), false), coverage: 1, ratios: [capacity.margin], caps: [] },
    why: [capacity.why, ...plain.why], share: capacity.share, next: plain.share,
  };
}

/** Shares as the tree compares them. */
export function sharesOf(sight: Sight): ResourceShares {
  return { compute: sight.compute, memory: sight.memory, nvlink: sight.nvlink, pcie: sight.pcie, nic: sight.nic, disk: sight.disk, empty: sight.empty };
}

function factsOf(sight: Sight): LabelFacts {
  const complete = known(sight.compute) && known(sight.memory) && (sight.memoryFrom !== 'model' || sight.work === null || sight.work.gaps.length === 0);
  return { busy: sight.busy, complete, line: sight.line, diskCounts: sight.ioPressure };
}

/** Idle: no kernel, no link, no request, nothing being loaded. A state, whatever the window's length. */
function isIdle(sight: Sight): boolean {
  if (sight.demand === true || isLoading(sight)) return false;
  const links = [sight.pcie, sight.nic, sight.nvlink].some((share) => share >= CONTRIBUTING) || (sight.disk >= CONTRIBUTING && sight.ioPressure);
  return !links && (sight.busy < INACTIVE || (!known(sight.busy) && sight.demand === false));
}

function idle(sight: Sight, around: Around): Decision {
  const asked = sight.demand === false ? 'no request ran or waited' : null;
  const busy = known(sight.busy) ? `a kernel ran ${formatPercent(sight.busy)} of the time` : null;
  const sources = [...(asked === null ? [] : [sight.subject.engineName ?? 'engine']), ...(busy === null ? [] : [busySource(sight)])];
  return {
    bottleneck: 'idle', second: null, lean: null, tier: tierOf(sight), evidence: sources,
    grade: { ceiling: CEILINGS.seenDirectly, coverage: coverageOf(sight, 'empty'), ratios: known(sight.busy) ? [INACTIVE / Math.max(sight.busy, 1e-9)] : [2], caps: [] },
    candidates: [], missing: [], why: [['idle', asked, busy].filter((part) => part !== null).join(': ')],
    share: Number.NaN, next: Number.NaN, ...around,
  };
}

type Around = Pick<Decision, 'empty' | 'traffic'>;

function unknown(sight: Sight, around: Around, why: readonly string[], missing: readonly string[], candidates: readonly Bottleneck[] = []): Decision {
  return {
    bottleneck: 'unknown', second: null, lean: null, tier: tierOf(sight), evidence: sourcesOf(sight), grade: null, candidates,
    missing: [...missing, ...whatWouldTell(sight)], why, share: Number.NaN, next: Number.NaN, ...around,
  };
}

function fromLabel(sight: Sight, label: Label, shares: ResourceShares, facts: LabelFacts, around: Around): Decision {
  if (isCongested(sight)) return congested(sight, around);
  if (label.rule === 'unmeasured' || label.first === null) return unmeasured(sight, label, around);
  const first = meaningOf(label.first, around);
  const next = label.next === null ? null : meaningOf(label.next, around);
  const caps = [
    ...flips(label, shares, facts),
    ...(label.lean === null ? [] : [{ value: LEAN_CAP, why: 'leaning is no label' }]),
    ...disagreements(sight, label),
    ...causeCaps(label, around),
  ];
  const base = {
    tier: tierOf(sight), evidence: evidenceOf(sight, label, around), lean: label.lean === null ? null : meaningOf(label.lean, around),
    share: label.s1, next: label.s2, missing: [...whatWouldTell(sight), ...(causeFor(label.first, around)?.missing ?? [])], ...around,
  };
  const second = next !== null && next !== 'unknown' && label.s2 >= WORTH_NAMING ? next : null;
  const coverage = coverageOf(sight, label.first);
  if (label.rule === 'overhead') {
    const pipesUnseen = sight.computeFrom === 'counter' && sight.tensor < NO_TENSOR && !known(sight.fp32);
    const hung = isHung(sight);
    return {
      ...base, bottleneck: 'overhead', second: null,
      grade: {
        ceiling: ceilingOf(base.tier, agrees(sight, label.first)), coverage, ratios: [DOMINANT / Math.max(label.s1, 1e-9), sight.busy / DOMINANT],
        caps: [...caps, ...(pipesUnseen ? [{ value: FLIP_CAP, why: 'the FP32, FP64 and integer pipes were not measured' }] : [])],
      },
      candidates: pipesUnseen ? ['compute'] : [], missing: [...base.missing, ...(pipesUnseen ? ['gpu.fp32Active, gpu.fp64Active (DCGM 1007, 1006): work without tensor cores looks the same'] : [])],
      why: [hung ? 'kernels resident but no work: hung collective, deadlock or spin wait' : `busy ${formatPercent(sight.busy)}, but no resource reaches ${formatPercent(DOMINANT)}: latency, small kernels, synchronisation or inefficient kernels`, ...shareLines(sight, label, around)],
    };
  }
  if (label.rule === 'balanced') {
    return {
      ...base, bottleneck: 'balanced', second: second ?? null, candidates: [first, ...(next === null ? [] : [next])].filter((one) => one !== 'unknown'),
      grade: { ceiling: ceilingOf(base.tier, false), coverage, ratios: [1], caps },
      why: [`balanced ${first}/${next ?? '–'}: ${formatPercent(label.s1)} and ${formatPercent(label.s2)} are within the error of each other`, ...shareLines(sight, label, around)],
    };
  }
  const cause = causeFor(label.first, around);
  const bound = label.first === 'empty' && !facts.complete ? Math.max(label.s2, sight.busy) : label.s2;
  const seenDirectly = first === 'host' || (label.first === 'empty' && base.tier !== 'C');
  const boundCap = label.first === 'empty' && !facts.complete && sight.empty < sight.busy
    ? [{ value: FLIP_CAP, why: 'what the busy time is limited by was not measured, and there is more of it' }] : [];
  // Running requests prove that the empty time is the host's, not that it is the larger part: that takes /proc beside them, or more of it.
  if (boundCap.length > 0 && cause?.bottleneck === 'host' && !cause.evidence.includes('proc')) {
    return unknown(sight, around, [cause.why, `busy ${formatPercent(sight.busy)}, and what limits that was not measured`], [], ['host', 'memory', 'compute', 'overhead']);
  }
  const share = { ...base, bottleneck: first, second, candidates: cause?.candidates ?? [] };
  return {
    ...share,
    candidates: boundCap.length > 0 ? union(share.candidates, ['memory', 'compute', 'overhead']) : share.candidates,
    grade: first === 'unknown' ? null : {
      ceiling: seenDirectly ? CEILINGS.seenDirectly : ceilingOf(base.tier, agrees(sight, label.first)), coverage,
      ratios: [label.s1 / label.threshold, bound > 0 ? label.s1 / (TIE * bound) : Number.MAX_VALUE], caps: [...caps, ...boundCap],
    },
    why: [cause?.why ?? mainLine(sight, label.first, label.s1), ...shareLines(sight, label, around)],
  };
}

/** Nothing measured decides: what nvidia-smi alone may say, or what is missing. */
function unmeasured(sight: Sight, label: Label, around: Around): Decision {
  if (!known(sight.busy)) {
    if (sight.demand === true && label.first !== null && known(sight.compute) && known(sight.memory)) {
      return unknown(sight, around, [`requests ran all the time, yet no resource reaches ${formatPercent(DOMINANT)}: overhead on the GPU or waiting for the host`, ...shareLines(sight, label, around)],
        ['gpu.util or gpu.grActive, to tell a busy GPU from an empty one'], ['overhead', 'host']);
    }
    return unknown(sight, around, ['nothing that was measured decides', ...shareLines(sight, label, around)], sight.subject.mig ? ['utilisation, which MIG hides: DCGM or the engine’s counters would tell'] : ['gpu.util or gpu.grActive']);
  }
  const seen = nvidiaSmiAlone(sight);
  if (seen.memory && !sight.dcgm && !sight.modelled) {
    return {
      bottleneck: 'memory', second: null, lean: null, tier: 'C', evidence: ['nvidia-smi'],
      grade: { ceiling: CEILINGS.none, coverage: coverageOf(sight, 'empty'), ratios: [1.25], caps: [{ value: seen.cap, why: seen.cap < CEILINGS.none ? 'the scale of utilization.memory is not calibrated on this GPU' : 'nvidia-smi alone proves nothing' }] },
      candidates: [], missing: [...seen.missing, ...whatWouldTell(sight)], why: seen.why, share: Number.NaN, next: Number.NaN, ...around,
    };
  }
  const why = sight.dcgm || sight.modelled ? [`busy ${formatPercent(sight.busy)}, cause unknown`, ...shareLines(sight, label, around)] : seen.why;
  const excluded = !sight.dcgm && !sight.modelled && seen.why.some((text) => text.includes('is not the limit'));
  const left: Bottleneck[] = sight.compute < DOMINANT ? ['memory', 'overhead'] : sight.memory < DOMINANT || excluded ? ['compute', 'overhead'] : ['memory', 'compute', 'overhead'];
  return unknown(sight, around, why, seen.missing, sight.busy < INACTIVE ? [] : left);
}

/** Collectives over a congested network: kernels spin, so the GPU looks busy while its own resources rest (§7.3). */
function isCongested(sight: Sight): boolean {
  const quiet = sight.tensor < CONTRIBUTING && sight.memory < CONTRIBUTING && sight.memoryFrom === 'counter';
  const exchange = sight.nic >= INACTIVE && sight.receive <= 3 * sight.transmit && sight.transmit <= 3 * sight.receive;
  return sight.congested && quiet && exchange && sight.busy >= SPIN_BUSY && !(sight.nic >= DOMINANT);
}

function congested(sight: Sight, around: Around): Decision {
  return {
    bottleneck: 'network', second: null, lean: null, tier: tierOf(sight), evidence: union(sourcesOf(sight), ['proc']),
    grade: { ceiling: CEILINGS.none, coverage: covered(sight.stats, 'host.ibWait'), ratios: [sight.busy / SPIN_BUSY], caps: [] },
    candidates: ['overhead'], missing: whatWouldTell(sight),
    why: [`the InfiniBand port had data to send and no credit, while the GPU was ${formatPercent(sight.busy)} busy with tensor and memory under ${formatPercent(CONTRIBUTING)}: collectives wait for the network`],
    share: sight.busy, next: Math.max(...[sight.compute, sight.memory, sight.nic].filter(known), 0), ...around,
  };
}

/** Kernels resident for five minutes with every measured share under a twentieth, DRAM among at least two. */
export function isHung(sight: Sight): boolean {
  const work = [sight.pipes, sight.memory, sight.nvlink, sight.pcie, sight.nic].filter(known);
  const tokens = mean(sight.stats, 'engine.generationRate') > 0 || mean(sight.stats, 'engine.trainTokenRate') > 0 || mean(sight.stats, 'engine.trainSteps') > 0;
  return sight.busy >= HUNG_BUSY && sight.memoryFrom === 'counter' && work.length >= 2 && work.every((share) => share < INACTIVE)
    && sight.samples * sight.tally.period >= HUNG_SECONDS && !tokens;
}

function causeFor(resource: Resource | null, around: Around): Cause | null {
  return resource === 'empty' ? around.empty : resource === 'nic' ? around.traffic : null;
}

function meaningOf(resource: Resource, around: Around): Bottleneck {
  return BOTTLENECK_OF[resource] ?? causeFor(resource, around)?.bottleneck ?? (resource === 'nic' ? 'network' : 'unknown');
}

function causeCaps(label: Label, around: Around): GradeInput['caps'] {
  return causeFor(label.first, around)?.capped === true ? [{ value: FLIP_CAP, why: 'two causes that cannot be told apart' }] : [];
}

const ETAS: readonly Resource[] = ['compute', 'memory', 'nvlink', 'pcie', 'nic'];

/** Moves each η by ± 10 %: a label that changes is worth at most FLIP_CAP. */
function flips(label: Label, shares: ResourceShares, facts: LabelFacts): GradeInput['caps'] {
  for (const resource of ETAS) {
    const share = shares[resource];
    if (!known(share)) continue;
    for (const factor of [1 / (1 + ETA_ERROR), 1 / (1 - ETA_ERROR)]) {
      if (!sameLabel(label, labelOf({ ...shares, [resource]: share * factor }, facts))) {
        return [{ value: FLIP_CAP, why: `another label if η of ${resource} were 10 % ${factor < 1 ? 'higher' : 'lower'}` }];
      }
    }
  }
  return [];
}

/** Counter and model of the deciding resource, where both are there: [counter, model]. */
function bothOf(sight: Sight, resource: Resource): [number, number] | null {
  const pair: [number, number] | null = resource === 'memory' && (sight.memoryFrom === 'counter' || sight.memoryFrom === 'nvml') ? [sight.memory, sight.memoryModel]
    : resource === 'compute' && sight.computeFrom === 'counter' ? [sight.compute, sight.computeModel] : null;
  return pair !== null && known(pair[1]) ? pair : null;
}

function agrees(sight: Sight, resource: Resource): boolean {
  const both = bothOf(sight, resource);
  return both !== null && sight.dcgm && both[0] <= DISAGREE * both[1] && both[1] <= DISAGREE * both[0];
}

function disagreements(sight: Sight, label: Label): GradeInput['caps'] {
  const resource = label.first;
  if (resource === null) return [];
  const both = bothOf(sight, resource);
  if (both === null) return [];
  const [counter, model] = both;
  if (counter <= DISAGREE * model && model <= DISAGREE * counter) return [];
  const explained = counter > model && (resource === 'compute' || (sight.work?.gaps.length ?? 0) > 0);
  return explained ? [] : [{ value: DISAGREE_CAP, why: disagreement(counter, model) }];
}

/** A: engine counters with model and GPU known; B: DCGM; C: neither. */
export function tierOf(sight: Sight): Tier {
  if (sight.modelled || (sight.subject.serving && sight.subject.work !== null && sight.subject.ceilings !== null)) return 'A';
  return sight.dcgm ? 'B' : 'C';
}

function ceilingOf(tier: Tier, agreeing: boolean): number {
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

function coverageOf(sight: Sight, resource: Resource): number {
  const { counter, model } = DECIDING[resource];
  if (resource === 'empty') {
    const asleep = sight.demand === false;
    const count = asleep ? sight.tally.offBusyCount : sight.tally.busyCount;
    return count === 0 ? 1 : Math.min(1, count / sight.samples);
  }
  const best = Math.max(
    covered(sight.stats, counter), covered(sight.stats, resource === 'nic' ? 'host.ibRxRate' : counter),
    resource === 'compute' ? Math.max(covered(sight.stats, 'gpu.fp32Active'), covered(sight.stats, 'gpu.fp64Active')) : 0,
  );
  if (best > 0) return best;
  if (model === null) return 1;
  const counted = Math.max(covered(sight.stats, model), covered(sight.stats, 'engine.flops'), covered(sight.stats, 'engine.trainTokenRate'), covered(sight.stats, 'engine.trainFlopRate'));
  // The first sample of a counter has no rate yet: of n samples n − 1 are all that there can be.
  return sight.samples <= 1 ? counted : Math.min(1, counted * sight.samples / (sight.samples - 1));
}

function gpuSource(sight: Sight): string {
  return sight.dcgm ? 'dcgm' : 'nvidia-smi';
}

function busySource(sight: Sight): string {
  return sight.busyFrom === 'engine' ? sight.subject.engineName ?? 'engine' : sight.busyFrom ?? 'nvidia-smi';
}

function evidenceOf(sight: Sight, label: Label, around: Around): string[] {
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

function sourcesOf(sight: Sight): string[] {
  return union([
    ...(sight.subject.serving || sight.subject.training ? [sight.subject.engineName ?? 'engine'] : []),
    ...(sight.dcgm ? ['dcgm'] : sight.busyFrom === 'nvidia-smi' ? ['nvidia-smi'] : []),
  ], []);
}

/** What is not there, and how to get it. */
function whatWouldTell(sight: Sight): string[] {
  const { subject, stats } = sight;
  const out: string[] = [];
  if ((subject.serving || subject.training) && subject.work === null && !(sight.work?.from === 'engine')) {
    out.push(subject.modelNamed === null ? 'the model: give --model (or --config with its config.json)' : `the architecture of ${subject.modelNamed}: give --config with its config.json`);
  }
  if (subject.ceilings === null && (stats.count[COLUMN['gpu.util']] ?? Number.NaN) >= 0 && subject.kind !== 'host') out.push('the GPU type: give --gpu');
  if (subject.engineAmbiguous) out.push('which GPUs belong to which engine: several engines ran, none says its GPUs');
  if (sight.work !== null) out.push(...sight.work.gaps.map((gap) => `${gap}: bytes are a lower bound without`));
  return out;
}

function mainLine(sight: Sight, resource: Resource, share: number): string {
  const from = resource === 'memory' ? sight.memoryFrom : resource === 'compute' ? sight.computeFrom : 'counter';
  return `${TITLES[resource]} ${formatPercent(share)} of the achievable${from === 'model' ? ', by the engine’s tokens and the model' : ''}`;
}

export const TITLES: Readonly<Record<Resource, string>> = {
  compute: 'compute', memory: 'memory bandwidth', nvlink: 'NVLink', pcie: 'PCIe', nic: 'network interface', disk: 'local disk', empty: 'empty time',
};

/** The other shares that were measured, largest first: a verdict carries its numbers. */
function shareLines(sight: Sight, label: Label, around: Around): string[] {
  const shares = sharesOf(sight);
  const names: Resource[] = ['memory', 'compute', 'nvlink', 'pcie', 'nic', 'empty'];
  const parts = names.filter((name) => known(shares[name]) && !(name === label.first && label.rule !== 'overhead'))
    .sort((a, b) => shares[b] - shares[a])
    .map((name) => `${TITLES[name]} ${formatPercent(shares[name])}`);
  const out = parts.length === 0 ? [] : [`${label.rule === 'overhead' ? 'measured' : 'against it'}: ${parts.join(', ')}`];
  if (label.first !== 'empty' && around.empty !== null && sight.empty >= WORTH_NAMING) out.push(around.empty.why);
  if (label.lean !== null) out.push(`${TITLES[label.lean]}-leaning`);
  return out;
}

function union<T>(a: readonly T[], b: readonly T[]): T[] {
  return [...new Set([...a, ...b])];
}
