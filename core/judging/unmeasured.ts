import type { Bottleneck, Verdict } from '../contract/index.ts';
import { GPUS, type MemoryUtilization } from '../knowledge/index.ts';
import { formatPercent, formatValue } from '../readings/index.ts';
import type { Causes } from './cause.ts';
import { type Decision, unknown } from './decision.ts';
import { coverageOf, shareLines, whatWouldTell } from './evidence.ts';
import type { Label } from './label.ts';
import type { JudgedWindow } from './phases.ts';
import type { WindowShares } from './shares.ts';
import { exact, known, mean } from './stats.ts';
import type { Subject } from './subject.ts';
import { type Tally, trafficOf } from './tally.ts';
import { lacksPrompts } from './unseen.ts';
import { CEILINGS, CONTRIBUTING, DOMINANT, IDLE_POWER, TIER_C } from './thresholds.ts';

/** No measured share decides: what nvidia-smi alone may say (§7.5), or what is missing. */
export function unmeasured(window: WindowShares, label: Label, causes: Causes): Decision {
  if (!known(window.busy)) return unseen(window, label, causes);
  if (window.dcgm || window.modelled) {
    return unknown(window, causes, {
      why: [`busy ${formatPercent(window.busy)}, cause unknown`, ...shareLines(window, label, causes)],
      missing: [missingShare(window)],
      candidates: left(window),
    });
  }
  const seen = nvidiaSmiAlone(window);
  if (!seen.memory)
    return unknown(window, causes, {
      why: seen.why,
      missing: seen.missing,
      candidates: seen.notMemory ? ['compute', 'overhead'] : ['memory', 'compute', 'overhead'],
    });
  return {
    bottleneck: 'memory',
    second: null,
    lean: null,
    tier: 'C',
    evidence: ['nvidia-smi'],
    grade: { ceiling: CEILINGS.none, coverage: coverageOf(window, 'empty'), ratios: [], caps: [{ value: seen.cap, why: seen.capWhy }] },
    candidates: [],
    missing: [...seen.missing, ...whatWouldTell(window)],
    why: seen.why,
    share: Number.NaN,
    next: Number.NaN,
    ...causes,
  };
}

/** Nobody looked at the GPU. */
function unseen(window: WindowShares, label: Label, causes: Causes): Decision {
  if ((window.demand === true || window.subject.training) && (known(window.compute) || known(window.memory))) {
    return unknown(window, causes, {
      why: [
        `work was done, yet no resource that is known reaches ${formatPercent(DOMINANT)}: overhead on the GPU, or waiting for the host`,
        ...shareLines(window, label, causes),
      ],
      missing: ['how busy the GPU is (nvidia-smi’s utilisation, DCGM’s 1002), to tell a busy GPU from an empty one'],
      candidates: [...left(window), 'host'],
    });
  }
  return unknown(window, causes, {
    why: ['nothing that was measured decides', ...shareLines(window, label, causes)],
    missing: [
      window.subject.mig
        ? 'utilisation, which MIG hides: DCGM or the engine’s counters would tell'
        : 'how busy the GPU is (nvidia-smi’s utilisation, DCGM’s 1002)',
    ],
  });
}

function missingShare(window: WindowShares): string {
  if (!known(window.memory)) return 'the memory share: DCGM’s dram_active (1005), or the engine’s tokens with its model';
  if (!known(window.compute)) return 'the compute share: DCGM’s tensor_active (1004), or the engine’s tokens with its model';
  return lacksPrompts(window) ? 'the engine’s prompt tokens: without them the prompts’ work is not known' : 'what the model leaves out of the bytes';
}

/**
 * What it could still be: a counter under the dominant share puts its resource out; a model, which counts the least that was
 * done, only where even that is no contribution, and complete. Overhead is never out.
 */
function left(window: WindowShares): Bottleneck[] {
  const gaps = window.work !== null && window.work.gaps.length > 0;
  const memoryOut = window.memory < (window.memoryFrom === 'model' ? CONTRIBUTING : DOMINANT) && !(window.memoryFrom === 'model' && gaps);
  const computeOut = window.compute < (window.computeFrom === 'model' ? CONTRIBUTING : DOMINANT) && !(window.computeFrom === 'model' && lacksPrompts(window));
  return [...(memoryOut ? [] : ['memory' as const]), ...(computeOut ? [] : ['compute' as const]), 'overhead'];
}

/** What nvidia-smi's figures alone allow to say of a busy GPU (§7.5). */
interface Seen {
  /** Only memory, and only as "consistent with". */
  readonly memory: boolean;
  /** Median utilization.memory of the busy samples; NaN without. */
  readonly traffic: number;
  /** Traffic so low on a calibrated scale that memory is out. */
  readonly notMemory: boolean;
  readonly cap: number;
  readonly capWhy: string;
  readonly why: readonly string[];
  readonly missing: readonly string[];
}

const WOULD_TELL = 'DCGM’s dram_active and tensor_active, or the engine’s tokens/s, would tell';

/** Judges busy samples by the median of utilization.memory: consistent with a memory bound, not the limit (calibrated types), or nothing. */
function nvidiaSmiAlone(window: WindowShares): Seen {
  const { tally, subject } = window;
  const scale = subject.type === null ? null : GPUS[subject.type].memoryUtilizationCalibrated;
  const { median, near, far } = trafficOf(tally);
  const enough = tally.hot >= TIER_C.samples && tally.hotMemUtilCount >= TIER_C.samples;
  const traffic = enough ? median : Number.NaN;
  const seen = `utilization.memory ${formatPercent(traffic)} (median of ${tally.hotMemUtilCount} busy samples${scale === null ? '' : `; ${shareText(scale, traffic)}`})`;
  const why: string[] = [];
  const sure = traffic >= TIER_C.memory;
  const alternates = scale !== null && near >= TIER_C.eachKind && far >= TIER_C.eachKind;
  const memory = enough && !alternates && (sure || (scale !== null && traffic >= TIER_C.memoryCalibrated && near >= TIER_C.mostlyNear));
  const notMemory = scale !== null && !alternates && traffic < TIER_C.notMemory;
  if (!enough) {
    why.push(
      tally.hot < TIER_C.samples
        ? `${tally.hot} samples with a utilisation of ${formatPercent(TIER_C.busy)} or more: fewer than ${TIER_C.samples} say nothing`
        : 'busy, cause unknown: utilisation is the time with any kernel, not how well it runs',
    );
  } else if (alternates) why.push(kindsText(tally, near, far));
  else if (memory) why.push(`${seen}: consistent with memory-bound, not proven`);
  else if (notMemory) why.push(`${seen}: memory bandwidth is not the limit`);
  else if (scale === null && traffic < TIER_C.low) why.push(`low memory traffic on this counter (${formatPercent(traffic)}), scale unknown on this GPU`);
  else why.push(`busy, cause unknown: ${seen} decides nothing${scale === null ? ' (its scale is not calibrated on this GPU)' : ''}`);
  why.push(...powerNotes(window, traffic));
  const capWhy =
    scale === null
      ? 'the scale of utilization.memory is not calibrated on this GPU'
      : sure
        ? 'nvidia-smi alone proves nothing'
        : 'nvidia-smi alone proves nothing, and it is not far from what large products read';
  return { memory, traffic, notMemory, cap: scale !== null && sure ? TIER_C.capCalibrated : TIER_C.capUncalibrated, capWhy, why, missing: [WOULD_TELL] };
}

/** What a calibrated reading means as the share of memory, with its error. */
function shareText({ scale, offset, error }: MemoryUtilization, traffic: number): string {
  return `memory about ${formatPercent(Math.max(0, scale * traffic - offset))} of the achievable, ± ${formatPercent(error)}`;
}

/** Work near the memory's limit and work far from it, by turns: one label would be of neither. */
function kindsText({ nearPower, nearPowerCount, farPower, farPowerCount }: Tally, near: number, far: number): string {
  const at = (sum: number, count: number) => (count > 0 ? ` at ${formatValue(sum / count, 'watts')}` : '');
  return `two kinds of work alternate: ${formatPercent(near)} of the busy time near the memory limit${at(nearPower, nearPowerCount)}, ${formatPercent(far)} far from it${at(farPower, farPowerCount)}`;
}

function powerNotes(window: WindowShares, traffic: number): string[] {
  const { tally, stats } = window;
  const limit = mean(stats, 'gpu.powerLimit');
  if (!known(limit) || tally.hotPowerCount < TIER_C.samples) return [];
  const fraction = exact(tally.hotPower / tally.hotPowerCount / limit);
  if (fraction >= TIER_C.power) return [`power ${formatPercent(fraction)} of the reported limit: a note, no evidence for compute`];
  if (fraction <= TIER_C.lowPower && traffic < TIER_C.low) {
    return [
      `busy but low energy (${formatPercent(fraction)} of the limit): communication, tiny kernels, or decode of a small model; NIC, NVLink or DCGM would tell`,
    ];
  }
  return [];
}

/** A GPU's phases and who it is. */
export interface Ordered {
  readonly subject: Subject;
  readonly phases: readonly JudgedWindow[];
}

/**
 * Two GPUs of one LLM job seen by nvidia-smi alone may be ordered by power above idle per memory traffic (§7.5.5): multiplying
 * costs power that moving bytes does not. It is a remark beside the verdict, never an activity: "prefill-like relative to …".
 */
export function withOrder(lines: readonly Ordered[]): JudgedWindow[][] {
  const ratios = lines.map(powerPerTraffic);
  const known = ratios.filter((ratio) => ratio !== null);
  const low = Math.min(...known);
  const reference = lines[ratios.indexOf(low)];
  return lines.map(({ phases }, i) => {
    const ratio = ratios[i] ?? null;
    if (known.length < 2 || reference === undefined || ratio === null || exact(ratio / low) < TIER_C.orderFactor) return [...phases];
    const text = `prefill-like relative to GPU ${reference.subject.id}: ${(ratio / low).toFixed(1)} times the power above idle per memory traffic (a relation, graded at most ${TIER_C.capUncalibrated.toFixed(2)})`;
    return phases.map((phase) => (phase.verdict.bottleneck === 'idle' ? phase : { ...phase, verdict: said(phase.verdict, text) }));
  });
}

function said(verdict: Verdict, text: string): Verdict {
  return { ...verdict, why: [...verdict.why, text] };
}

/** Watts that the card may draw: what it reports, else its type's; NaN where neither is known. */
function limitOf({ ceilings }: Subject, phases: readonly JudgedWindow[]): number {
  const reported = phases.map(({ tally }) => mean(tally.on, 'gpu.powerLimit')).find(known);
  return reported ?? ceilings?.powerLimit ?? Number.NaN;
}

/** Watts above idle ÷ utilization.memory over the busy samples; null where the GPU is seen by more than nvidia-smi, or by too little. */
function powerPerTraffic({ subject, phases }: Ordered): number | null {
  if (!(subject.serving || subject.processSays === 'serving')) return null;
  if (phases.some(({ verdict }) => verdict.tier !== 'C')) return null;
  const sum = (pick: (tally: JudgedWindow['tally']) => number) => phases.reduce((total, { tally }) => total + pick(tally), 0);
  const hot = sum((tally) => tally.hot);
  const traffic = sum((tally) => tally.hotMemUtil) / sum((tally) => tally.hotMemUtilCount);
  const power = sum((tally) => tally.hotPower) / sum((tally) => tally.hotPowerCount);
  const rest = sum((tally) => tally.idlePower) / sum((tally) => tally.idlePowerCount);
  // Never seen at rest: as cards of its kind (IDLE_POWER).
  const idle = known(rest) ? rest : IDLE_POWER * limitOf(subject, phases);
  if (hot < TIER_C.samples || !(traffic >= TIER_C.orderMemory) || !(power > idle)) return null;
  return (power - idle) / traffic;
}
