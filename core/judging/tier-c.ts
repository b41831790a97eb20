import { GPUS } from '../knowledge/index.ts';
import { formatPercent } from '../readings/index.ts';
import type { Sight } from './sight.ts';
import { exact, known, mean } from './stats.ts';
import { TIER_C } from './thresholds.ts';

/** What nvidia-smi's figures alone allow to say of a busy GPU (§7.5). */
export interface Seen {
  /** Only memory, and only as "consistent with". */
  readonly memory: boolean;
  /** Mean utilization.memory of the busy samples; NaN without. */
  readonly traffic: number;
  /** Traffic so low on a calibrated scale that memory is out. */
  readonly notMemory: boolean;
  readonly cap: number;
  readonly capWhy: string;
  readonly why: readonly string[];
  readonly missing: readonly string[];
}

const WOULD_TELL = 'DCGM’s dram_active and tensor_active, or the engine’s tokens/s, would tell';

/** Judges busy samples by utilization.memory: consistent with a memory bound, not the limit (calibrated types), or nothing. */
export function nvidiaSmiAlone(sight: Sight): Seen {
  const { tally, subject } = sight;
  const calibrated = subject.type !== null && GPUS[subject.type].memoryUtilizationCalibrated;
  const cap = calibrated ? TIER_C.capCalibrated : TIER_C.capUncalibrated;
  const traffic = tally.hotMemUtilCount > 0 ? exact(tally.hotMemUtil / tally.hotMemUtilCount) : Number.NaN;
  const enough = tally.hot >= TIER_C.samples && tally.hotMemUtilCount >= TIER_C.samples;
  const why: string[] = [];
  let memory = false;
  let notMemory = false;
  if (!enough) {
    why.push(
      tally.hot < TIER_C.samples
        ? `${tally.hot} samples with a utilisation of ${formatPercent(TIER_C.busy)} or more: fewer than ${TIER_C.samples} say nothing`
        : 'busy, cause unknown: utilisation is the time with any kernel, not how well it runs',
    );
  } else if (traffic >= TIER_C.memory) {
    memory = true;
    why.push(`utilization.memory ${formatPercent(traffic)} over ${tally.hot} busy samples: consistent with memory-bound, not proven`);
  } else if (calibrated && traffic < TIER_C.notMemory) {
    notMemory = true;
    why.push(`utilization.memory ${formatPercent(traffic)} over ${tally.hot} busy samples: memory bandwidth is not the limit`);
  } else if (!calibrated && traffic < TIER_C.low) {
    why.push(`low memory traffic on this counter (${formatPercent(traffic)}), scale unknown on this GPU`);
  } else {
    why.push(
      `busy, cause unknown: utilization.memory ${formatPercent(traffic)} decides nothing${calibrated ? '' : ' (its scale is not calibrated on this GPU)'}`,
    );
  }
  why.push(...powerNotes(sight, enough ? traffic : Number.NaN));
  const capWhy = calibrated ? 'nvidia-smi alone proves nothing' : 'the scale of utilization.memory is not calibrated on this GPU';
  return { memory, traffic: enough ? traffic : Number.NaN, notMemory, cap, capWhy, why, missing: [WOULD_TELL] };
}

function powerNotes(sight: Sight, traffic: number): string[] {
  const { tally, stats } = sight;
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
