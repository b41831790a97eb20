import type { Verdict } from '../../core/contract/index.ts';
import { findModel } from '../../core/knowledge/index.ts';
import type { PhysicsWindow } from '../../tests/support/physics/window.ts';

/** A kind of answer that is confident and wrong today: the rule that is missing, and how such a window is told. */
interface KnownFault {
  readonly rule: string;
  isSo(window: PhysicsWindow, verdict: Verdict): boolean;
}

const WORKS = ['memory', 'compute', 'host', 'storage', 'transfer'];

/** Printed with their count at every run; an entry whose rule is built is taken away. */
export const KNOWN: readonly KnownFault[] = [
  {
    rule: 'a thread that waits for a copy polls: a thread at its limit is the host’s only where the direction in which the copies go was collected (gpu.pcieRx)',
    isSo: ({ truth, look, kind }, { bottleneck }) =>
      bottleneck === 'host' && truth === 'transfer' && kind === 'copies that a thread polls for' && look.dcgm?.includes('gpu.pcieRx') !== true,
  },
  {
    rule: 'nvidia-smi shows the last second: rest is not sure where a sampler of 5 s and more may be in step with a job that works in rounds',
    isSo: ({ look, options, truth }, { bottleneck }) =>
      bottleneck === 'idle' && truth !== 'idle' && look.dcgm === null && look.gpuPeriod >= 5 && look.engine === null && options.model === undefined,
  },
  {
    rule: 'overhead needs the unexplained time, resources taken one after another, to be more than any share: stages of memory and compute that alternate, or empty time beside them, leave little of it',
    isSo: ({ truth }, { bottleneck }) => bottleneck === 'overhead' && WORKS.includes(truth),
  },
  {
    rule: 'overhead of several GPUs needs their links (NVLink, NIC) collected: collectives over a link that nobody looked at leave the same busy time',
    isSo: ({ truth }, { bottleneck }) => bottleneck === 'overhead' && truth === 'network',
  },
  {
    rule: 'memory above a half needs every compute pipe that may work collected too, unless it is saturated (and compute needs DRAM): what was not looked at may be the larger share',
    isSo: ({ truth, look }, { bottleneck }) =>
      look.dcgm !== null &&
      ((bottleneck === 'memory' && truth === 'compute' && !(look.dcgm.includes('gpu.tensorActive') && look.dcgm.includes('gpu.fp32Active'))) ||
        (bottleneck === 'compute' && truth === 'memory' && !look.dcgm.includes('gpu.dramActive'))),
  },
  {
    rule: 'engines run a model that was published in FP32 in 16 bits unless told otherwise (possibleType takes FP32)',
    isSo: ({ options }) => options.model !== undefined && findModel(options.model)?.model.nativeType === 'fp32',
  },
];
