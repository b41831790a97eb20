import type { Shares, Split, TimeTree, Verdict } from '../contract/index.ts';
import { formatPercent, formatValue } from '../readings/index.ts';
import { clockDoubt } from './clock-doubt.ts';
import { clockWords } from './clocks.ts';
import { activityCandidates, activityOf } from './activity.ts';
import { fullCache } from './capacity.ts';
import { decide } from './decide.ts';
import { contradictionsIn } from './cross-checks.ts';
import type { Decision } from './decision.ts';
import { gradeOf, UNGRADED } from './evidence.ts';
import { figuresOf } from './figures.ts';
import type { Judgement, PhaseStates } from './judged-run.ts';
import { exchangedLinks, sharesOf, type WindowShares } from './shares.ts';
import { SLOW_CAUSES, SLOWED_DOWN, slowedIn } from './slowed.ts';
import { isSpinning, workShares } from './spinning.ts';
import { COLUMN, known, largest, mean, orNull } from './stats.ts';
import type { Subject } from './subject.ts';
import { FLAGS, type Tally } from './tally.ts';
import { isWithoutTensorCores, WITHOUT_TENSOR_CORES } from './tensor-cores.ts';
import { CAPPED_FRACTION, CONTRIBUTING, DOMINANT, FLIP_CAP, INACTIVE, REDUCED_CLOCK } from './thresholds.ts';

/** The verdict on one window of one subject; advice is added by the caller, and whether it got on, which takes longer than a window to tell. */
export function judge(tally: Tally, subject: Subject): Judgement {
  const window = sharesOf(tally, subject);
  const decision = decide(window);
  const states = statesOf(window, decision);
  return { verdict: verdictOn(window, decision, states), states };
}

function statesOf(window: WindowShares, { bottleneck }: Decision): PhaseStates {
  const work = workShares(window);
  const trainer = window.work?.trainer ?? null; // no engine counts nothing
  return {
    work,
    isSpinning: isSpinning(window, work),
    contradictions: contradictionsIn(window),
    isCacheFull: bottleneck === 'capacity' && fullCache(window) !== null,
    isWithoutTensorCores: isWithoutTensorCores(window, window.subject.type),
    ...(trainer === null ? {} : { trainer }),
  };
}

function verdictOn(window: WindowShares, decision: Decision, states: PhaseStates): Verdict {
  const doing = activityOf(window, decision.bottleneck === 'idle');
  const hint = doing.activity === 'unknown' ? activityCandidates(window) : null;
  const doubt = clockDoubt(window, decision);
  const { grade, gradeWhy } =
    decision.grade === null
      ? UNGRADED
      : gradeOf({
          ...decision.grade,
          caps: [...decision.grade.caps, ...doubt.caps, ...states.contradictions.map(({ id }) => ({ value: FLIP_CAP, why: `its sources disagree (${id})` }))],
        });
  return {
    bottleneck: decision.bottleneck,
    second: decision.second === decision.bottleneck ? null : decision.second,
    lean: decision.lean,
    activity: doing.activity,
    activityGrade: Math.round(doing.grade * 1000) / 1000,
    tier: decision.tier,
    evidence: [...decision.evidence],
    grade,
    gradeWhy,
    headroom: headroomOf(decision),
    relief: reliefOf(decision, window),
    shares: sharesFor(window, decision),
    tree: treeOf(window, decision),
    split: splitOf(window),
    modifiers: modifiersOf(window, states),
    figures: figuresOf(window),
    candidates: [...decision.candidates],
    missing: [...new Set([...states.contradictions.map(({ remedy }) => remedy), ...decision.missing, ...doubt.missing])],
    why: [
      ...states.contradictions.map(({ text }) => text),
      ...decision.why,
      ...window.refuted.map(({ why }) => why),
      ...(doing.why === '' ? [] : [doing.why]),
      ...fromElsewhere(window),
      ...(hint === null ? [] : [`activity could be ${hint}`]),
      ...idleLine(window),
      ...assumptions(window).map((text) => `assumed: ${text}`),
    ],
    advice: [],
    tries: [],
  };
}

/** Prompt tokens that the engine counts and another GPU computed. */
function fromElsewhere({ work }: WindowShares): string[] {
  if (work === null || !(work.elsewhere > 0)) return [];
  return [
    `${formatValue(work.elsewhere, 'tokens/s')} of the prompt tokens were counted and not computed here: no prefill time stands beside them, their cache came from another GPU`,
  ];
}

function assumptions({ subject, work }: WindowShares): string[] {
  return [
    ...(subject.work?.assumed ?? []), // no engine assumes nothing
    ...clockWords(subject.clocks),
    ...(work?.cachedFrom === 'device memory' ? ['the KV cache is what the weights leave of the device memory in use'] : []),
    ...(work?.cachedFrom === 'request lengths' ? ['requests hold their prompt and half their output in the KV cache, on average'] : []),
  ];
}

/** 1 ÷ share of the binding resource. Null for idle and unknown, and where the GPU does next to nothing: no ceiling is near. */
function headroomOf({ bottleneck, share }: Decision): number | null {
  if (bottleneck === 'unknown' || bottleneck === 'idle' || !(share >= INACTIVE)) return null;
  return Math.max(1, 1 / share);
}

/** 1 ÷ max(next share, 1 − share): the speed-up if the binding resource were unlimited. Overhead's own share is its unexplained time. */
function reliefOf(decision: Decision, window: WindowShares): number | null {
  if (headroomOf(decision) === null) return null;
  if (decision.bottleneck === 'overhead') {
    const unexplained = Math.max(0, window.busy - decision.share);
    return orNull(1 / (1 - unexplained));
  }
  const rest = Math.max(decision.next, 1 - decision.share);
  return rest > 0 ? Math.max(1, 1 / rest) : null;
}

function sharesFor(window: WindowShares, decision: Decision): Shares {
  const cause = decision.empty?.bottleneck;
  const traffic = decision.traffic?.bottleneck;
  return {
    compute: orNull(window.compute),
    memory: orNull(window.memory),
    network: traffic === 'storage' ? null : orNull(window.nic),
    storage: cause === 'storage' ? orNull(window.empty) : traffic === 'storage' ? orNull(window.nic) : orNull(window.disk),
    host: cause === 'host' ? orNull(window.empty) : null,
    transfer: orNull(window.pcie),
    nvlink: orNull(window.nvlink),
    busy: orNull(window.busy),
    empty: orNull(window.empty),
    tensor: orNull(window.tensor),
    fp32: orNull(window.fp32),
    fp64: orNull(window.fp64),
  };
}

/** What sums to one over the window: no demand, empty by cause, the largest busy share, and the rest of the busy time. */
function treeOf(window: WindowShares, decision: Decision): TimeTree {
  const { busy, idleFraction } = window;
  if (!known(busy)) return { empty: idleFraction > 0 ? { idle: idleFraction } : {}, busy: {}, unexplained: null, unexplainedAtLeast: null };
  const part = decision.bottleneck === 'idle' ? 1 : 1 - idleFraction;
  const own = (['memory', 'compute', 'nvlink'] as const).filter((name) => known(window[name]));
  const best = own.reduce<(typeof own)[number] | null>((top, name) => (top === null || window[name] > window[top] ? name : top), null);
  const largest = best === null ? 0 : Math.min(busy, window[best]);
  const sum = own.reduce((total, name) => total + window[name], 0);
  const empty: Record<string, number> =
    decision.bottleneck === 'idle'
      ? { idle: 1 - busy }
      : { ...(idleFraction > 0 ? { idle: idleFraction } : {}), ...(window.empty > 0 ? { [decision.empty?.key ?? 'unknown']: part * window.empty } : {}) };
  return {
    empty,
    busy: best === null ? {} : { [best]: part * largest },
    unexplained: part * (busy - largest),
    // Kernels may spin on links that exchange, one at a time.
    unexplainedAtLeast: part * Math.max(0, busy - sum - Math.max(0, ...exchangedLinks(window).map((name) => window[name]))),
  };
}

function idleLine(window: WindowShares): string[] {
  if (!(window.idleFraction > 0) || window.demand !== true) return [];
  return [`no request ${Math.round(window.idleFraction * 100)} % of the time; the shares are of the rest`];
}

/** What changes how a label reads, never the label: power cap, thermal slowdown (§7.3), locked clocks, no tensor cores (§7.2). */
function modifiersOf(window: WindowShares, states: PhaseStates): string[] {
  const fp32 = states.isWithoutTensorCores ? [WITHOUT_TENSOR_CORES] : [];
  if (!(window.busy >= INACTIVE)) return fp32;
  const out: string[] = [];
  const clocks = reducedClock(window);
  const power = capFraction(window);
  if (power >= CAPPED_FRACTION) {
    const normal = window.subject.type === 'T4' ? ', normal on a loaded T4' : '';
    out.push(`power-capped ${formatPercent(power)} of the time${clocks === null ? normal : `, clocks reduced to ${clocks}`}`);
  }
  const slowed = slowedPart(window.tally);
  if (known(slowed)) out.push(`${SLOWED_DOWN} ${formatPercent(slowed)} of the busy time`);
  const locked = flag(window, 'gpu.capApp');
  if (locked >= CAPPED_FRACTION) out.push(`clocks locked by an application setting${clocks === null ? '' : ` to ${clocks}`}`);
  if (!(power >= CAPPED_FRACTION) && !(locked >= CAPPED_FRACTION) && clocks !== null) out.push(`clocks at ${clocks}`);
  out.push(...fp32);
  if (window.computeFrom === 'model' && known(window.clock) && window.compute >= DOMINANT && window.compute * window.clock < DOMINANT) {
    out.push(`clock-limited: ${formatPercent(window.compute * window.clock)} of the peak at full clock`);
  }
  if (window.subject.mig) out.push('MIG slice: utilisation is hidden');
  return out;
}

/** Share of the time under the software power cap: the counter's rate where there is one, else the share of loaded samples with the flag. */
function capFraction(window: WindowShares): number {
  const rate = mean(window.stats, 'gpu.capPowerTime');
  return known(rate) ? rate : flag(window, 'gpu.capPower');
}

/** Share of loaded samples in which a flag was set; NaN without it. */
function flag(window: WindowShares, id: (typeof FLAGS)[number]): number {
  const { tally } = window;
  if (tally.loaded === 0 || !((window.stats.count[COLUMN[id]] ?? Number.NaN) > 0)) return Number.NaN;
  return (tally.flags[FLAGS.indexOf(id)] ?? Number.NaN) / tally.loaded;
}

/** Part of the busy time under thermal slowdown or brake, whichever is more; NaN where neither is more than ordinary. */
function slowedPart({ slowed }: Tally): number {
  return largest(...SLOW_CAUSES.map((cause) => slowedIn(slowed[cause])?.part ?? Number.NaN));
}

/** The clock in words where it is more than a fifth under the card's maximum while it works; null otherwise. */
function reducedClock(window: WindowShares): string | null {
  const now = mean(window.stats, 'gpu.smClock');
  const top = largest(mean(window.stats, 'gpu.smClockMax'), window.subject.ceilings?.boostClock ?? Number.NaN);
  if (!(window.busy >= CONTRIBUTING) || !(now < (1 - REDUCED_CLOCK) * top)) return null;
  return `${formatValue(now, 'hertz')} of ${formatValue(top, 'hertz')}`;
}

/**
 * Prefill and decode share their steps under continuous batching, so one label misleads: three splits (§7.7), each a part
 * of what was measured. Null without an engine's work.
 */
function splitOf(window: WindowShares): Split | null {
  const { work } = window;
  if (work === null || work.training) return null;
  const flops = work.prefillFlops + work.decodeFlops;
  const bytes = work.weightBytes + work.kvBytes + work.otherBytes;
  const time = work.prefillTime + work.decodeTime;
  const split: Split = {
    flops: flops > 0 ? { prefill: work.prefillFlops / flops, decode: work.decodeFlops / flops } : null,
    bytes: bytes > 0 ? { weights: work.weightBytes / bytes, kv: work.kvBytes / bytes, other: work.otherBytes / bytes } : null,
    time: known(time) ? { prefill: work.prefillTime, decode: work.decodeTime, other: Math.max(0, 1 - time) } : null,
    estimated: !work.timed,
  };
  return split.flops === null && split.bytes === null && split.time === null ? null : split;
}
