import { GPUS } from '../../../core/knowledge/index.ts';
import type { Frame } from './loads.ts';
import { each, stageAt, type Moment, type Scenario } from './scenario.ts';

/** A training step's averages: FLOPs done, the memory traffic and the exchange that go with them. */
function step(
  moment: Moment,
  work: { flops: number; params: number; bytes: number; busy?: number; nvlink?: number; clock?: number; thermal?: number; memory?: number },
): Frame {
  const sway = 1 + 0.02 * moment.wander('step', 30);
  const perToken = 6 * work.params;
  const rate = (work.flops * moment.gpuCount * sway) / perToken;
  return {
    gpus: each(moment.gpuCount, () => ({
      busy: work.busy ?? 0.98,
      tensorFlops: work.flops * sway,
      dtype: 'fp16',
      bytes: work.bytes * sway,
      nvlink: work.nvlink ?? 0,
      memory: (work.memory ?? 0.86) * GPUS[moment.gpu].memoryBytes,
      ...(work.clock === undefined ? {} : { clock: work.clock }),
      ...(work.thermal === undefined ? {} : { thermal: work.thermal }),
    })),
    hosts: each(moment.nodeCount, () => ({ cores: 6, thread: 0.9, memory: 60e9, netRx: 3e7, netTx: 3e6, fsRead: 2.5e7 })),
    engine: { trainTokenRate: rate, trainStepTime: 2.4 / sway },
  };
}

const trainer = (id: string, model: string, dtype: string, more: Record<string, string> = {}) => ({ id, facts: { trainer: id, model, dtype, ...more } });
const A100 = GPUS['A100-40'];

export const TRAINERS: readonly Scenario[] = [
  {
    name: 'pretrain-1b',
    user: 'greta',
    project: 'naiss2026-3-9',
    nodeType: 'A100',
    gpus: 4,
    runs: 20 * 3600,
    timeLimit: 24 * 3600,
    age: 9000,
    command: 'torchrun --nproc-per-node 4 pretrain_gpt.py --bf16 --micro-batch-size 8',
    dcgm: true,
    endState: 'completed',
    engine: trainer('megatron', 'gpt-1.3b', 'bf16'),
    frame: (moment) => step(moment, { flops: 0.56 * 312e12, params: 1.3e9, bytes: 0.36 * A100.bandwidth, nvlink: 28e9 }),
  },
  {
    name: 'lora-8b',
    user: 'hugo',
    project: 'naiss2026-5-101',
    nodeType: 'A40',
    gpus: 1,
    runs: 2700,
    timeLimit: 3 * 3600,
    age: 600,
    command: 'python finetune_lora.py --model meta-llama/Llama-3.1-8B --lora-r 16 --bf16',
    dcgm: true,
    endState: 'completed',
    engine: trainer('hf-trainer', 'meta-llama/Llama-3.1-8B', 'bf16', { workload: 'lora' }),
    frame: (moment) => step(moment, { flops: 0.6 * 149.7e12, params: 8e9 * (4 / 6), bytes: 0.3 * GPUS.A40.bandwidth, memory: 0.7 }),
  },
  {
    name: 'train-checkpoint',
    user: 'ingrid',
    project: 'naiss2026-3-9',
    nodeType: 'A100',
    gpus: 4,
    runs: 6 * 3600,
    timeLimit: 12 * 3600,
    age: 2500,
    command: 'torchrun --nproc-per-node 4 train.py --save-every 600s --fsdp',
    dcgm: true,
    endState: 'completed',
    engine: trainer('hf-trainer', 'Qwen/Qwen2.5-7B', 'bf16'),
    frame(moment) {
      const { stage } = stageAt(
        [
          ['train', 540],
          ['save', 150],
        ],
        moment.t,
      );
      if (stage === 'train') return step(moment, { flops: 0.56 * 312e12, params: 7.6e9, bytes: 0.33 * A100.bandwidth, nvlink: 60e9 });
      const rate = 8.9e9;
      return {
        gpus: each(moment.gpuCount, () => ({ busy: 0.03, bytes: 3e9, pcieTx: rate / 4, memory: 0.86 * A100.memoryBytes, clock: 1 })),
        hosts: [{ cores: 4, thread: 0.95, iowaitCores: 3.1, psiIo: 0.52, blocked: 4, memory: 140e9, netRx: 9e7, netTx: rate, fsWrite: rate }],
        engine: { trainTokenRate: 0 },
      };
    },
  },
  {
    name: 'many-small-files',
    user: 'johan',
    project: 'naiss2026-5-44',
    nodeType: 'V100x2',
    gpus: 2,
    runs: 5 * 3600,
    timeLimit: 10 * 3600,
    age: 3100,
    command: 'python train.py --data /mimer/NOBACKUP/data/images --num-workers 2',
    dcgm: true,
    endState: 'completed',
    engine: trainer('pytorch', 'vit-large', 'fp16'),
    frame(moment) {
      const { stage } = stageAt(
        [
          ['stall', 1500],
          ['cached', 600],
        ],
        moment.t,
      );
      if (stage === 'cached') return step(moment, { flops: 0.58 * 125e12, params: 0.3e9, bytes: 0.33 * GPUS['V100-16'].bandwidth });
      const busy = 0.29 + 0.05 * moment.wander('loader', 25);
      return {
        gpus: each(moment.gpuCount, () => ({ busy, tensorFlops: 0.17 * 125e12, dtype: 'fp16', bytes: 0.1 * GPUS['V100-16'].bandwidth, memory: 13e9 })),
        hosts: [{ cores: 2.1, thread: 0.64, iowaitCores: 2.4, psiIo: 0.61, blocked: 6, memory: 40e9, netRx: 1.1e8, netTx: 8e6, fsRead: 1e8 }],
        engine: { trainTokenRate: 5200, trainStepTime: 1.9 },
      };
    },
  },
  {
    name: 'ddp-over-ethernet',
    user: 'karin',
    project: 'naiss2026-3-9',
    nodeType: 'A40',
    gpus: 8,
    runs: 7 * 3600,
    timeLimit: 24 * 3600,
    age: 4000,
    command: 'torchrun --nnodes 2 --nproc-per-node 4 train_ddp.py --bf16',
    dcgm: true,
    endState: 'completed',
    engine: trainer('hf-trainer', 'meta-llama/Llama-3.2-3B', 'bf16'),
    frame(moment) {
      // All-reduce of the gradients fills 25 Gbit both ways; NCCL kernels spin meanwhile, so the GPUs look busy.
      const line = 3.125e9 * 0.86 * (1 + 0.02 * moment.wander('net', 30));
      return {
        gpus: each(moment.gpuCount, () => ({
          busy: 0.97,
          tensorFlops: 0.17 * 149.7e12,
          dtype: 'fp16',
          bytes: 0.16 * GPUS.A40.bandwidth,
          pcieRx: line / 4,
          pcieTx: line / 4,
          memory: 41e9,
        })),
        hosts: each(moment.nodeCount, () => ({ cores: 5.5, thread: 0.96, memory: 58e9, netRx: line, netTx: line * 0.98 })),
        engine: { trainTokenRate: 9200, trainStepTime: 7.1 },
      };
    },
  },
  {
    name: 'hot-node',
    user: 'lars',
    project: 'naiss2026-5-44',
    nodeType: 'A100',
    gpus: 4,
    runs: 6 * 3600,
    timeLimit: 12 * 3600,
    age: 1200,
    command: 'torchrun --nproc-per-node 4 train.py --bf16',
    dcgm: true,
    endState: 'failed',
    engine: trainer('hf-trainer', 'Qwen/Qwen2.5-7B', 'bf16'),
    frame(moment) {
      const { stage } = stageAt(
        [
          ['cool', 900],
          ['hot', 1500],
        ],
        moment.t,
      );
      const clock = stage === 'hot' ? 0.58 : 1;
      return step(moment, {
        flops: 0.57 * 312e12 * clock,
        params: 7.6e9,
        bytes: 0.38 * A100.bandwidth * clock,
        nvlink: 40e9 * clock,
        clock,
        ...(stage === 'hot' ? { thermal: 1 } : {}),
      });
    },
  },
];
