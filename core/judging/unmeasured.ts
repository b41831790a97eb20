import type { Bottleneck } from '../contract/index.ts';
import { formatPercent } from '../readings/index.ts';
import { unknown, type Decision } from './decision.ts';
import { coverageOf, shareLines, whatWouldTell, type Around } from './evidence.ts';
import type { Label } from './label.ts';
import type { Sight } from './sight.ts';
import { known } from './stats.ts';
import { nvidiaSmiAlone } from './tier-c.ts';
import { CEILINGS, CONTRIBUTING, DOMINANT } from './thresholds.ts';

/** No measured share decides: what nvidia-smi alone may say (§7.5), or what is missing. */
export function unmeasured(sight: Sight, label: Label, around: Around): Decision {
  if (!known(sight.busy)) return unseen(sight, label, around);
  if (sight.dcgm || sight.modelled) {
    return unknown(sight, around, {
      why: [`busy ${formatPercent(sight.busy)}, cause unknown`, ...shareLines(sight, label, around)],
      missing: [missingShare(sight)],
      candidates: left(sight),
    });
  }
  const seen = nvidiaSmiAlone(sight);
  if (!seen.memory)
    return unknown(sight, around, {
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
    grade: { ceiling: CEILINGS.none, coverage: coverageOf(sight, 'empty'), ratios: [], caps: [{ value: seen.cap, why: seen.capWhy }] },
    candidates: [],
    missing: [...seen.missing, ...whatWouldTell(sight)],
    why: seen.why,
    share: Number.NaN,
    next: Number.NaN,
    noProgress: false,
    ...around,
  };
}

/** Nobody looked at the GPU. */
function unseen(sight: Sight, label: Label, around: Around): Decision {
  if ((sight.demand === true || sight.subject.training) && (known(sight.compute) || known(sight.memory))) {
    return unknown(sight, around, {
      why: [
        `work was done, yet no measured resource reaches ${formatPercent(DOMINANT)}: overhead on the GPU, or waiting for the host`,
        ...shareLines(sight, label, around),
      ],
      missing: ['gpu.util or gpu.grActive, to tell a busy GPU from an empty one'],
      candidates: [...left(sight), 'host'],
    });
  }
  return unknown(sight, around, {
    why: ['nothing that was measured decides', ...shareLines(sight, label, around)],
    missing: [sight.subject.mig ? 'utilisation, which MIG hides: DCGM or the engine’s counters would tell' : 'gpu.util or gpu.grActive'],
  });
}

function missingShare(sight: Sight): string {
  if (!known(sight.memory)) return 'the memory share: DCGM’s dram_active (1005), or the engine’s tokens with its model';
  if (!known(sight.compute)) return 'the compute share: DCGM’s tensor_active (1004), or the engine’s tokens with its model';
  return 'what the model leaves out of the bytes';
}

/**
 * What it could still be: a counter under the dominant share puts its resource out; a model, which counts the least that was
 * done, only where even that is no contribution, and complete. Overhead is never out.
 */
function left(sight: Sight): Bottleneck[] {
  const gaps = sight.work !== null && sight.work.gaps.length > 0;
  const memoryOut = sight.memory < (sight.memoryFrom === 'model' ? CONTRIBUTING : DOMINANT) && !(sight.memoryFrom === 'model' && gaps);
  const computeOut = sight.compute < (sight.computeFrom === 'model' ? CONTRIBUTING : DOMINANT);
  return [...(memoryOut ? [] : ['memory' as const]), ...(computeOut ? [] : ['compute' as const]), 'overhead'];
}
