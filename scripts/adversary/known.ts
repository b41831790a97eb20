import type { Verdict } from '../../core/contract/index.ts';
import type { PhysicsWindow } from '../../tests/support/physics/window.ts';

/** A kind of answer that is confident and wrong today: the rule that is missing, and how such a window is told. */
interface KnownFault {
  readonly rule: string;
  isSo(window: PhysicsWindow, verdict: Verdict): boolean;
}

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
];
