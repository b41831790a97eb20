import type { Finding } from '../../contract/index.ts';
import { assumedClocks } from '../../readings/index.ts';
import { allocatedGpus, type JudgedGpu, type JudgedRun } from '../../judging/index.ts';
import { findCapacity } from './capacity.ts';
import { findDisagreement } from './disagreement.ts';
import { findEcc, findMigHidden, findSlowLink } from './health.ts';
import { findGpuErrors } from './gpu-errors.ts';
import { findIdle } from './idle.ts';
import { findSlowLoading } from './loading.ts';
import { findOffloaded } from './offload.ts';
import { findOom } from './oom.ts';
import { findOverSharded } from './sharding.ts';
import { findSlowed } from './slowed.ts';
import { findStraggler } from './straggler.ts';
import { findStuck } from './stuck.ts';
import { findNoTensorCores, findUnsupportedType } from './types.ts';
import { findUneven } from './uneven.ts';
import { findUnused, unusedGpus } from './unused.ts';

/**
 * What an owner or admin should act on, most pressing first; silent on ordinary jobs. Each has its numbers and the time it
 * is about; `to` is null where a running job is still so.
 */
export function findFindings(judged: JudgedRun): Finding[] {
  const gpus = allocatedGpus(judged);
  const own: JudgedRun = gpus.length === judged.gpus.length ? judged : { ...judged, gpus };
  const unused = new Set(unusedGpus(own));
  const working = gpus.filter((gpu) => !unused.has(gpu));
  const found = [
    // A fault of a neighbour's GPU is the node's, and may be the job's next.
    ...findGpuErrors(judged),
    ...findDisagreement(own),
    ...findStuck(own),
    ...findOom(own),
    ...findEcc(own),
    ...findSlowed(own),
    ...findSlowLink(own),
    ...findIdle(own, working),
    ...findUnused(own),
    ...findCapacity(own),
    ...findOffloaded(own),
    ...findStraggler(own, working),
    ...findUneven(own, working),
    ...findNoTensorCores(own),
    ...findUnsupportedType(own),
    ...findOverSharded(own),
    ...findSlowLoading(own),
    ...findMigHidden(own),
  ];
  return found.map((one) => withClock(judged, one));
}

/** Durations over samples that carry no times say so. */
function withClock({ gpus }: JudgedRun, finding: Finding): Finding {
  const about = gpus.filter(({ id }) => finding.entity === null || finding.entity === id);
  const isPaced = ({ series }: JudgedGpu) => assumedClocks(series.facts).some(({ kind }) => kind === 'period');
  if (finding.from === null || !about.some(isPaced)) return finding;
  return { ...finding, evidence: [...finding.evidence, 'its times are by an assumed clock: the samples carry none'] };
}
