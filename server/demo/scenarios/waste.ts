import { GPUS } from '../../../core/knowledge/index.ts';
import { IDLE_HOST } from './loads.ts';
import { each, type Scenario } from './scenario.ts';

/** Allocations that do no work. */
export const WASTE: readonly Scenario[] = [
  {
    name: 'jupyter',
    user: 'maja',
    project: 'naiss2026-5-44',
    nodeType: 'A100',
    gpus: 4,
    runs: 10 * 3600,
    timeLimit: 12 * 3600,
    age: 400,
    command: 'jupyter lab --no-browser',
    dcgm: true,
    endState: 'timeout',
    engine: null,
    frame(moment) {
      const working = moment.t < 1100;
      return {
        gpus: each(moment.gpuCount, (index) =>
          index > 0 || !working
            ? { busy: 0, ...(index === 0 ? { memory: 9e9 } : {}) }
            : { busy: 0.55, tensorFlops: 0.12 * 312e12, dtype: 'fp16', bytes: 0.3 * GPUS['A100-40'].bandwidth, memory: 9e9 },
        ),
        hosts: [working ? { cores: 1.4, thread: 0.98, memory: 12e9 } : { ...IDLE_HOST, memory: 12e9 }],
      };
    },
  },
  {
    name: 'finetune-stuck',
    user: 'nils',
    project: 'naiss2026-3-9',
    nodeType: 'A100',
    gpus: 4,
    runs: 9 * 3600,
    timeLimit: 24 * 3600,
    age: 500,
    command: 'torchrun --nproc-per-node 4 finetune.py --fsdp --bf16',
    dcgm: true,
    endState: 'cancelled',
    engine: { id: 'hf-trainer', facts: { trainer: 'hf-trainer', model: 'mistralai/Mistral-7B-v0.3', dtype: 'bf16' } },
    frame(moment) {
      const trains = moment.t < 1700;
      return {
        gpus: each(moment.gpuCount, () =>
          trains
            ? { busy: 0.97, tensorFlops: 0.52 * 312e12, dtype: 'fp16', bytes: 0.3 * GPUS['A100-40'].bandwidth, nvlink: 50e9, memory: 35e9 }
            : // A collective that never returns: its kernel spins on one SM or two and moves nothing.
              { busy: 1, tensorFlops: 0, bytes: 0.004 * GPUS['A100-40'].bandwidth, nvlink: 0, pcieRx: 2e5, pcieTx: 2e5, memory: 35e9 },
        ),
        hosts: [{ cores: trains ? 5 : 4.1, thread: 1, memory: 50e9 }],
        engine: { trainTokenRate: trains ? 14_800 : 0, ...(trains ? { trainStepTime: 3.1 } : {}) },
      };
    },
  },
];
