// Past the door of core/telling/advice: every piece of the catalogue is asked, with the evidence that makes it right and with other evidence.
import { describe, expect, it } from 'vitest';
import { CATALOGUE } from '../../../../core/telling/advice/index.ts';
import type { Bottleneck } from '../../../../core/contract/index.ts';
import { type Case, DECODE, said } from './build.ts';

/** The same label twice: once with the evidence for a piece of advice, once without it. */
interface Pair {
  readonly right: Case;
  /** What differs, and the case. */
  readonly wrong: readonly (readonly [string, Case])[];
}

/** A case with other values, as deep as verdict, shares, workload, mean and facts. */
function but(one: Case, more: Partial<Case>): Case {
  const shares = { ...one.verdict.shares, ...more.verdict?.shares };
  return {
    ...one,
    ...more,
    verdict: { ...one.verdict, ...more.verdict, shares },
    workload: { ...one.workload, ...more.workload },
    mean: { ...one.mean, ...more.mean },
    facts: { ...one.facts, ...more.facts },
  };
}

const training: Case['verdict'] = { bottleneck: 'compute', activity: 'training', relief: 4, shares: { compute: 0.8, tensor: 0.8, fp32: 0.1 } };
const trains: Case = { verdict: training, workload: { model: 'Qwen/Qwen2.5-7B', dtype: 'bf16' } };
const prompts: Case = {
  verdict: {
    bottleneck: 'compute',
    activity: 'prefill',
    relief: 5,
    shares: { compute: 0.85, tensor: 0.85 },
    split: { flops: { prefill: 0.9, decode: 0.1 }, bytes: null, time: { prefill: 0.5, decode: 0.4, other: 0.1 }, estimated: true },
  },
  workload: { engine: 'vllm', model: 'meta-llama/Llama-3.1-8B', dtype: 'fp16' },
};
const fp32: Case = { verdict: { ...training, modifiers: ['FP32 without tensor cores'], shares: { compute: 0.9, fp32: 0.9, tensor: 0.01 } } };
const hot: Case = but(trains, { verdict: { ...training, modifiers: ['thermal or brake slowdown 40 % of the busy time'] }, mean: { 'gpu.smClock': 825e6 } });

/** Two nodes of four GPUs, data parallel, over InfiniBand. */
const nodes: Case = {
  gpuCount: 8,
  nodeCount: 2,
  verdict: { bottleneck: 'network', activity: 'training', relief: 2.5, shares: { network: 0.6 } },
  workload: { model: 'Qwen/Qwen2.5-7B', dtype: 'bf16' },
  mean: { 'engine.trainTokenRate': 20_000, 'engine.trainSteps': 1, 'host.ibSpeed': 12.5e9 },
};
const tensorOfAll: Partial<Case> = { workload: { tensorParallel: 8 } };
const ethernet: Case = { ...nodes, gpu: 'A40', mean: { 'host.netSpeed': 3.125e9 }, workload: { dtype: 'bf16' } };

const waitsForFiles: Case = {
  verdict: { bottleneck: 'storage', activity: 'training', relief: 1.67, shares: { storage: 0.4, empty: 0.4 } },
  mean: { 'host.fsReadRate': 2e8 },
};
const loads: Case = {
  verdict: { bottleneck: 'storage', activity: 'loading', relief: 10, shares: { storage: 0.95 } },
  workload: { model: 'meta-llama/Llama-3.1-8B', dtype: 'bf16' },
  mean: { 'host.fsReadRate': 3e8, 'host.ibSpeed': 12.5e9 },
};
const fullLine: Case = {
  gpu: 'A40',
  verdict: { bottleneck: 'storage', activity: 'training', relief: 3, shares: { storage: 0.7 } },
  mean: { 'host.netSpeed': 3.125e9, 'host.netRxRate': 2.4e9, 'host.fsReadRate': 2.4e9 },
};

const server: Case = {
  verdict: { bottleneck: 'host', activity: 'decode', relief: 1.67, shares: { host: 0.4, empty: 0.4, memory: 0.45 } },
  workload: { engine: 'vllm', model: 'facebook/opt-1.3b', dtype: 'fp16', tensorParallel: 1 },
  mean: { 'engine.running': 64, 'engine.generationRate': 6400, 'engine.kvUsage': 0.4, 'gpu.memTotal': 42.9e9 },
};
const staged: Partial<Case> = { gpuCount: 4, workload: { pipelineParallel: 4, tensorParallel: 1 } };
const loader: Case = {
  verdict: { bottleneck: 'host', activity: 'training', relief: 1.8, shares: { host: 0.45, empty: 0.45 } },
  cores: 8,
  mean: { 'host.cpuMaxThread': 1 },
};

/** PCIe of one GPU that a program fills one way. */
const copies: Case = {
  verdict: { bottleneck: 'transfer', activity: 'training', relief: 3, shares: { transfer: 0.6 } },
  mean: { 'gpu.pcieRx': 12e9, 'gpu.pcieTx': 0.5e9 },
};
/** Eight T4 that have only PCIe between them. */
const eightT4: Case = { gpu: 'T4', gpuCount: 8, verdict: copies.verdict, mean: { 'gpu.pcieRx': 9e9, 'gpu.pcieTx': 8.5e9 } };
const servedByEight: Case = but(eightT4, {
  verdict: { bottleneck: 'transfer', activity: 'decode', relief: 3 },
  workload: { engine: 'vllm', model: 'meta-llama/Llama-2-13b-hf', dtype: 'fp16', tensorParallel: 8 },
  mean: { 'engine.running': 16 },
});

const small: Case = {
  verdict: { bottleneck: 'overhead', activity: 'training', relief: 1.6, shares: { compute: 0.4 }, unexplained: 0.5 },
  mean: { 'gpu.memUsed': 12e9, 'gpu.memTotal': 42.9e9 },
};
const late: Partial<Case> = { gpuCount: 8, hasStraggler: true, verdict: { ...small.verdict, shares: { compute: 0.4, nvlink: 0.1 } } };
const spread: Case = {
  gpu: 'A100-80',
  gpuCount: 8,
  verdict: { bottleneck: 'overhead', activity: 'decode', relief: 1.9, shares: { memory: 0.34, nvlink: 0.1 }, unexplained: 0.47 },
  workload: { engine: 'vllm', model: 'meta-llama/Llama-2-7b-hf', dtype: 'fp16', tensorParallel: 8 },
  mean: { 'engine.running': 1, 'engine.generationRate': 300 },
};

const full: Case = but(DECODE, {
  verdict: { bottleneck: 'capacity', second: 'memory', activity: 'decode', relief: 3 },
  mean: { 'engine.kvUsage': 0.99, 'engine.preemptions': 0.5, 'engine.requests': 2, 'engine.kvTokensMax': 16_000 },
  facts: { maxNumSeqs: '256', gpuMemoryUtilization: '0.85' },
});
const noRoomToTrain: Case = { verdict: { bottleneck: 'capacity', activity: 'training' }, workload: { model: 'meta-llama/Llama-2-7b-hf', dtype: 'bf16' } };
const unnamedFull: Case = {
  verdict: { bottleneck: 'capacity', activity: 'serving' },
  mean: { 'engine.running': 40, 'engine.waiting': 20, 'engine.kvUsage': 0.99 },
};

const rests: Case = {
  gpu: 'A100-80',
  seconds: 5400,
  verdict: { bottleneck: 'idle', activity: 'idle' },
  workload: { engine: 'vllm', model: 'facebook/opt-1.3b', dtype: 'fp16' },
};

const unnamed: Case = {
  verdict: { bottleneck: 'unknown', activity: 'serving', candidates: ['memory', 'compute'], shares: { busy: 0.9, empty: 0.1 } },
  workload: { engine: 'vllm', model: 'our/own' },
  mean: { 'engine.running': 4, 'engine.generationRate': 800 },
};
const busyOnly: Case = { verdict: { bottleneck: 'unknown', candidates: ['memory', 'compute', 'overhead'], shares: { busy: 0.97, empty: 0.03 } } };
const starved: Case = { verdict: { bottleneck: 'unknown', candidates: ['host', 'storage'], shares: { busy: 0.5, empty: 0.5, tensor: 0.2, memory: 0.3 } } };

/** 8B in 16 bits with long requests: half of a step is cache. */
const long: Partial<Case> = { mean: { 'engine.kvTokens': 128_000 } };
const mixtral: Partial<Case> = { gpuCount: 2, workload: { model: 'mistralai/Mixtral-8x7B-v0.1', tensorParallel: 2 } };
const few: Case = but(DECODE, { mean: { 'engine.running': 4, 'engine.kvTokens': 2000 } });

const PAIRS: Readonly<Record<string, Pair>> = {
  // compute
  'cool-down': {
    right: hot,
    wrong: [
      ['a power cap, which is ordinary', but(trains, { verdict: { ...training, modifiers: ['power-capped 80 % of the time'] } })],
      ['clocks that were locked', but(trains, { verdict: { ...training, modifiers: ['clocks locked by an application setting to 825 MHz of 1.41 GHz'] } })],
    ],
  },
  'use-tensor-cores': {
    right: fp32,
    wrong: [['tensor cores that work beside FP32', but(fp32, { verdict: { ...training, modifiers: [], shares: { tensor: 0.3 } } })]],
  },
  'prefix-cache': {
    right: prompts,
    wrong: [
      ['half of the prompt tokens from the cache', but(prompts, { mean: { 'engine.cacheHitRatio': 0.5 } })],
      ['answers only', but(prompts, { verdict: { ...prompts.verdict, split: null } })],
      ['training', trains],
    ],
  },
  'small-types': {
    right: prompts,
    wrong: [
      ['weights and activations in INT8 already', but(prompts, { workload: { quantization: 'w8a8' } })],
      ['a V100, which has no INT8 in its tensor cores', but(prompts, { gpu: 'V100-32' })],
      ['FP64 pipes at work', but(prompts, { verdict: { ...prompts.verdict, shares: { compute: 0.85, fp64: 0.85 } } })],
      ['training', trains],
    ],
  },
  'chunked-prefill': {
    right: prompts,
    wrong: [
      [
        'prompts only',
        but(prompts, {
          verdict: { ...prompts.verdict, split: { flops: null, bytes: null, time: { prefill: 0.9, decode: 0.05, other: 0.05 }, estimated: true } },
        }),
      ],
    ],
  },
  'wider-tensor': {
    right: but(prompts, { gpu: 'A100-80', workload: { tensorParallel: 1 } }),
    wrong: [
      ['GPUs without NVLink between all', but(prompts, { gpu: 'A40', workload: { tensorParallel: 1 } })],
      ['other GPUs that are a replica’s', but(prompts, { gpu: 'A100-80', gpuCount: 2, workload: { tensorParallel: 1 } })],
    ],
  },
  'less-recomputation': {
    right: trains,
    wrong: [
      ['FP32 pipes at work', fp32],
      ['a server', prompts],
    ],
  },
  adapters: {
    right: trains,
    wrong: [
      ['pretraining', { ...trains, commands: ['torchrun pretrain_gpt.py --bf16'] }],
      ['adapters already', but(trains, { verdict: { ...training, activity: 'fine-tuning' } })],
    ],
  },
  'faster-arithmetic': {
    right: but(trains, { gpu: 'A40', mean: { 'gpu.memUsed': 12e9 } }),
    wrong: [
      ['FP32 pipes at work: 16 bits on another card are no help', but(fp32, { gpu: 'A40', mean: { 'gpu.memUsed': 12e9 } })],
      ['the site’s fastest card', but(trains, { gpu: 'A100-80' })],
    ],
  },
  // memory
  'more-requests': {
    right: DECODE,
    wrong: [
      ['a full cache', but(DECODE, { mean: { 'engine.kvUsage': 0.99 } })],
      ['the critical batch reached', but(DECODE, { mean: { 'engine.running': 201, 'engine.kvUsage': 0.3 } })],
      ['prompts', but(DECODE, { verdict: { ...DECODE.verdict, activity: 'prefill' } })],
    ],
  },
  'smaller-weights': { right: DECODE, wrong: [['weights in 4 bits', but(DECODE, { workload: { quantization: 'awq' } })]] },
  'smaller-cache': {
    right: but(DECODE, long),
    wrong: [
      ['a cache in FP8', but(but(DECODE, long), { facts: { kvDtype: 'fp8_e4m3' } })],
      ['a T4, which has no kernels for it', but(but(DECODE, long), { gpu: 'T4' })],
      ['short requests', but(DECODE, { mean: { 'engine.kvTokens': 3200 } })],
    ],
  },
  'speculative-decoding': {
    right: few,
    wrong: [
      ['drafts that are made already', but(few, { mean: { 'engine.specDrafts': 40 } })],
      ['a command line that has it', { ...few, commands: ['vllm serve m --speculative-config {}'] }],
      ['many requests', DECODE],
      ['prompts', but(few, { verdict: { ...DECODE.verdict, activity: 'prefill' } })],
      ['a mixture of experts, of which the checked tokens read more', but(few, { ...mixtral, mean: { 'engine.running': 1 } })],
    ],
  },
  'grouped-heads': {
    right: but(but(DECODE, long), { workload: { model: 'meta-llama/Llama-2-7b-hf' } }),
    wrong: [['a model with grouped heads', but(DECODE, long)]],
  },
  'fewer-passes': {
    right: { verdict: { bottleneck: 'memory', activity: 'training', relief: 2, shares: { memory: 0.7, compute: 0.3 } }, mean: { 'gpu.dramActive': 0.56 } },
    wrong: [['a server', DECODE]],
  },
  'faster-memory': {
    right: DECODE,
    wrong: [
      ['no share, but "consistent with"', but(DECODE, { verdict: { ...DECODE.verdict, shares: { memory: null } } })],
      ['the site’s fastest card', but(DECODE, { gpu: 'A100-80' })],
    ],
  },
  // network
  'tensor-inside': { right: but(nodes, tensorOfAll), wrong: [['tensor parallelism inside each node', but(nodes, { workload: { tensorParallel: 4 } })]] },
  'narrower-group': {
    right: but(DECODE, { gpuCount: 4, verdict: { bottleneck: 'network', shares: { nvlink: 0.6 } }, workload: { tensorParallel: 4 } }),
    wrong: [
      ['replicas', but(DECODE, { gpuCount: 4, verdict: { bottleneck: 'network', shares: { nvlink: 0.6 } }, workload: { tensorParallel: 1 } })],
      ['the network between nodes', but(nodes, { workload: { tensorParallel: 4 } })],
    ],
  },
  'accumulate-gradients': {
    right: nodes,
    wrong: [
      ['tensor parallelism that leaves the node: activations, not gradients', but(nodes, tensorOfAll)],
      ['one pipeline over all GPUs', but(nodes, { workload: { pipelineParallel: 8 } })],
      ['a server', but(nodes, { verdict: { ...nodes.verdict, activity: 'decode' }, mean: { 'engine.trainTokenRate': 0 } })],
    ],
  },
  'overlap-gradients': {
    right: nodes,
    wrong: [
      ['tensor parallelism over all GPUs: its exchanges stand between layers', but(nodes, tensorOfAll)],
      [
        'the same inside one node',
        but(nodes, { gpuCount: 4, nodeCount: 1, verdict: { ...nodes.verdict, shares: { nvlink: 0.6 } }, workload: { tensorParallel: 4 } }),
      ],
    ],
  },
  'small-gradients': { right: nodes, wrong: [['one pipeline over all GPUs', but(nodes, { workload: { pipelineParallel: 8 } })]] },
  'less-sharding': {
    right: { ...nodes, commands: ['accelerate launch --use_fsdp train.py'] },
    wrong: [['plain data parallelism', { ...nodes, commands: ['torchrun train.py'] }]],
  },
  'better-nodes': {
    right: ethernet,
    wrong: [
      ['InfiniBand', { ...ethernet, mean: { 'host.ibSpeed': 12.5e9 } }],
      ['one node', { ...ethernet, nodeCount: 1 }],
    ],
  },
  // storage
  'faster-load': { right: loads, wrong: [['data that are read while it works', but(loads, { verdict: { ...loads.verdict, activity: 'training' } })]] },
  'save-aside': {
    right: { verdict: { bottleneck: 'storage', activity: 'checkpointing', relief: 5, shares: { storage: 0.8 } } },
    wrong: [['reading', waitsForFiles]],
  },
  'read-ahead': {
    right: waitsForFiles,
    wrong: [
      ['loading', loads],
      ['writing', but(waitsForFiles, { mean: { 'host.fsReadRate': 1e7, 'host.fsWriteRate': 9e8 } })],
      ['a server', but(waitsForFiles, { verdict: { ...waitsForFiles.verdict, activity: 'decode' } })],
    ],
  },
  'stage-files': {
    right: waitsForFiles,
    wrong: [
      ['a line that is full: many bytes, not many files', fullLine],
      ['a server', but(waitsForFiles, { verdict: { ...waitsForFiles.verdict, activity: 'decode' } })],
      ['writing', but(waitsForFiles, { mean: { 'host.fsReadRate': 1e7, 'host.fsWriteRate': 9e8 } })],
    ],
  },
  'faster-line': { right: fullLine, wrong: [['a line that rests: the wait is for something else', but(fullLine, { mean: { 'host.netRxRate': 0.4e9 } })]] },
  // host
  'pipeline-bubble': {
    right: but(server, staged),
    wrong: [
      ['tensor parallelism, whose GPUs work at once', but(server, { gpuCount: 4, workload: { tensorParallel: 4 } })],
      ['a slow host of one GPU', server],
    ],
  },
  'schedule-ahead': {
    right: server,
    wrong: [
      ['stages that wait for each other', but(server, staged)],
      ['GPUs that take turns', but(server, { gpuCount: 2, takesTurns: true })],
      ['the option in the command line', { ...server, commands: ['vllm serve m --async-scheduling'] }],
      ['an engine that has no such thing', but(server, { workload: { engine: 'llama.cpp' } })],
      ['a trainer', loader],
    ],
  },
  'cuda-graphs': {
    right: { ...server, commands: ['vllm serve m --enforce-eager'] },
    wrong: [
      ['an engine that says it uses them', but(server, { facts: { cudaGraphs: 'true' } })],
      ['so few steps that launching them is nothing', but(server, { mean: { 'engine.generationRate': 320 } })],
      ['an engine that captures them by itself', but(server, { workload: { engine: 'llama.cpp' } })],
    ],
  },
  'wider-steps': { right: server, wrong: [['a full cache', but(server, { mean: { 'engine.kvUsage': 0.999 } })]] },
  'loader-workers': {
    right: loader,
    wrong: [
      ['an optimiser on the CPU', { ...loader, commands: ['deepspeed train.py --offload_optimizer cpu'] }],
      ['stages that wait for each other', but(loader, staged)],
      ['a server', server],
      ['cores that are all busy already', { ...loader, mean: { 'process.cpu': 7.9 } }],
    ],
  },
  'cpu-optimizer': { right: { ...loader, commands: ['deepspeed train.py --offload_optimizer cpu'] }, wrong: [['a loader', loader]] },
  'more-cores': { right: but(loader, { mean: { 'host.psiCpu': 0.5 } }), wrong: [['a single hot thread', loader]] },
  'second-server': {
    right: server,
    wrong: [
      ['weights that fill the card', but(server, { workload: { model: 'meta-llama/Llama-2-13b-hf' } })],
      ['stages', but(server, staged)],
      ['no core left for it', but(server, { mean: { 'host.psiCpu': 0.6 } })],
    ],
  },
  // transfer
  'pinned-memory': {
    right: copies,
    wrong: [
      ['collectives of eight GPUs over PCIe', eightT4],
      ['a tensor-parallel server', servedByEight],
      ['an offloading command line', { ...copies, commands: ['deepspeed train.py --offload_optimizer cpu'] }],
    ],
  },
  'weights-stay': {
    right: but(copies, { workload: { model: 'meta-llama/Llama-3.1-70B', dtype: 'fp16' } }),
    wrong: [['weights that fit', but(copies, { workload: { model: 'meta-llama/Llama-3.1-8B', dtype: 'fp16' } })]],
  },
  'slow-link': {
    right: but(copies, { mean: { 'gpu.pcieGen': 3, 'gpu.pcieGenMax': 4, 'gpu.pcieWidth': 16, 'gpu.pcieWidthMax': 16 } }),
    wrong: [['a link at its best', but(copies, { mean: { 'gpu.pcieGen': 4, 'gpu.pcieGenMax': 4, 'gpu.pcieWidth': 16, 'gpu.pcieWidthMax': 16 } })]],
  },
  'offloaded-state': {
    right: { ...copies, commands: ['deepspeed train.py --offload_optimizer cpu'] },
    wrong: [
      ['batches that come one way', copies],
      ['collectives of eight GPUs over PCIe', eightT4],
    ],
  },
  'offloaded-model': {
    right: { ...servedByEight, commands: ['vllm serve m --cpu-offload-gb 8'] },
    wrong: [
      ['no such option', servedByEight],
      ['a trainer that offloads', { ...copies, commands: ['deepspeed train.py --offload_optimizer cpu'] }],
    ],
  },
  'tensor-off-pcie': {
    right: servedByEight,
    wrong: [
      ['NVLink between all', { ...servedByEight, gpu: 'A100-40' }],
      ['one GPU', but(servedByEight, { gpuCount: 1, workload: { tensorParallel: 1 } })],
      ['replicas that only receive', but(servedByEight, { workload: { tensorParallel: 1 }, mean: { 'gpu.pcieTx': 0.4e9 } })],
    ],
  },
  'fewer-collectives': {
    right: eightT4,
    wrong: [
      ['batches that come one way', but(eightT4, { mean: { 'gpu.pcieTx': 0.4e9 } })],
      ['NVLink between all', { ...eightT4, gpu: 'A100-40' }],
      ['an offloading command line', { ...eightT4, commands: ['deepspeed train.py --offload_optimizer cpu'] }],
    ],
  },
  // overhead
  'find-the-missing-rank': {
    right: but(small, { verdict: { ...small.verdict, modifiers: ['no progress'] } }),
    wrong: [['kernels that do something', small]],
  },
  'wait-for-late': { right: but(small, late), wrong: [['GPUs of one pace', but(small, { ...late, hasStraggler: false })]] },
  'narrower-tensor': {
    right: spread,
    wrong: [
      ['a model that needs them', but(spread, { gpu: 'A100-40', gpuCount: 4, workload: { model: 'meta-llama/Llama-3.1-70B', tensorParallel: 4 } })],
      ['a trainer', small],
    ],
  },
  'less-talk': {
    right: but(small, { gpuCount: 4, verdict: { ...small.verdict, shares: { compute: 0.4, nvlink: 0.4 } } }),
    wrong: [
      ['links that rest', but(small, { gpuCount: 4, verdict: { ...small.verdict, shares: { compute: 0.4, nvlink: 0.1 } } })],
      ['one GPU', but(small, { verdict: { ...small.verdict, shares: { compute: 0.4, transfer: 0.4 } } })],
    ],
  },
  'larger-micro-batch': {
    right: small,
    wrong: [
      ['stages, which need more micro-batches', but(small, staged)],
      ['one late GPU', but(small, late)],
      ['a full card', but(small, { mean: { 'gpu.memUsed': 42e9 } })],
    ],
  },
  'fuse-kernels': {
    right: small,
    wrong: [
      ['one late GPU', but(small, late)],
      ['a busy link', but(small, { gpuCount: 4, verdict: { ...small.verdict, shares: { compute: 0.4, nvlink: 0.4 } } })],
      ['GPUs whose links nobody measured', but(small, { gpuCount: 4 })],
      ['stages', but(small, staged)],
      ['an engine, which has fused kernels', spread],
    ],
  },
  profile: {
    right: but(small, { gpuCount: 4 }),
    wrong: [
      ['one GPU', small],
      ['links that were measured', but(small, { gpuCount: 4, verdict: { ...small.verdict, shares: { compute: 0.4, nvlink: 0.1 } } })],
    ],
  },
  // capacity
  'what-fits': {
    right: unnamedFull,
    wrong: [
      ['nobody who waits', but(unnamedFull, { mean: { 'engine.waiting': 0 } })],
      ['a model that is known', full],
    ],
  },
  'fewer-at-once': {
    right: full,
    wrong: [['requests that wait and are never put back: fewer at once would wait longer', but(full, { mean: { 'engine.preemptions': 0 } })]],
  },
  'cache-in-eight': {
    right: full,
    wrong: [
      ['a cache in FP8', but(full, { facts: { kvDtype: 'fp8' } })],
      ['a V100', but(full, { gpu: 'V100-32' })],
    ],
  },
  'more-of-the-card': { right: full, wrong: [['an engine that has 95 % of the card', but(full, { facts: { gpuMemoryUtilization: '0.95' } })]] },
  'weights-in-four': { right: full, wrong: [['weights in 4 bits', but(full, { workload: { quantization: 'awq' } })]] },
  'more-memory': { right: full, wrong: [['no larger card and no more GPUs', but(full, { gpu: 'A100-80', gpuCount: 4, workload: { tensorParallel: 4 } })]] },
  'saving-training': { right: noRoomToTrain, wrong: [['a server', full]] },
  // idle
  release: { right: rests, wrong: [['a pause of a minute', { ...rests, seconds: 59 }]] },
  'smaller-card': {
    right: rests,
    wrong: [
      ['a pause of ten minutes', { ...rests, seconds: 599 }],
      ['the smallest card', { ...rests, gpu: 'T4' }],
    ],
  },
  // unknown
  'name-the-model': {
    right: unnamed,
    wrong: [
      ['a model that is known', but(unnamed, { workload: { model: 'meta-llama/Llama-3.1-8B' } })],
      ['nothing that a model would make into work', busyOnly],
    ],
  },
  'engine-counters': {
    right: unnamed,
    wrong: [
      ['counts that are there', but(unnamed, { mean: { 'engine.flops': 1e13 } })],
      ['no engine', busyOnly],
    ],
  },
  'measure-pipes': {
    right: busyOnly,
    wrong: [
      ['pipes that are measured', starved],
      ['a GeForce card, of which DCGM has no such fields', { ...busyOnly, gpu: 'RTX-4090' }],
    ],
  },
  'watch-the-host': {
    right: starved,
    wrong: [
      ['a host that was watched', but(starved, { mean: { 'host.psiIo': 0.1 } })],
      ['a GPU that is never empty', busyOnly],
    ],
  },
  'trainer-log': {
    right: busyOnly,
    wrong: [
      ['a log that was given', but(busyOnly, { facts: { trainer: 'megatron' } })],
      ['a server', unnamed],
    ],
  },
};

const IDS = [...new Set(Object.values(CATALOGUE).flatMap((pieces) => pieces.map(({ id }) => id)))];
const labelsOf = (id: string) => Object.entries(CATALOGUE).flatMap(([label, pieces]) => (pieces.some((piece) => piece.id === id) ? [label as Bottleneck] : []));

describe('every piece of advice', () => {
  it('has a pair here: the evidence that makes it right, and other evidence under the same label', () => {
    expect(Object.keys(PAIRS).sort()).toEqual([...IDS].sort());
  });

  it.each(Object.entries(PAIRS))('%s is said with its evidence', (id, { right }) => {
    expect(labelsOf(id)).toContain(right.verdict.bottleneck);
    expect(said(right)).toContain(id);
  });

  it.each(Object.entries(PAIRS).flatMap(([id, { right, wrong }]) => wrong.map(([what, one]) => [id, what, one, right] as const)))(
    '%s is not said of %s',
    (id, _, one, right) => {
      expect(one.verdict.bottleneck).toBe(right.verdict.bottleneck);
      expect(said(one)).not.toContain(id);
    },
  );
});

describe('training that is bound by arithmetic', () => {
  it('is healthy at its full clocks only', () => {
    const text = (one: Case) => said(one, 'text').find((words) => words.startsWith('Training is bound by arithmetic'));
    expect(text(trains)).toContain('that is healthy');
    expect(text(hot)).toContain('at 825 of 1410 MHz');
    expect(text(hot)).not.toContain('healthy');
    // No flag, but a clock that is a fifth under the card's.
    expect(text(but(trains, { mean: { 'gpu.smClock': 1100e6 } }))).not.toContain('healthy');
    expect(text(but(trains, { mean: { 'gpu.smClock': 1300e6 } }))).toContain('healthy');
  });
});

describe('an engine’s own options', () => {
  it('are named, not another’s', () => {
    const texts = (engine: string) => said(but(full, { workload: { engine } }), 'text').join(' ');
    expect(texts('vllm')).toContain('--max-num-seqs 30');
    expect(texts('sglang')).toContain('--max-running-requests 30');
    expect(texts('sglang')).toContain('--mem-fraction-static');
    expect(texts('llama.cpp')).toContain('-ctk q8_0 -ctv q8_0');
    for (const engine of ['sglang', 'tgi', 'llama.cpp', 'ollama', 'tensorrt-llm'])
      expect(texts(engine)).not.toMatch(/--max-num-seqs|--gpu-memory-utilization|--max-model-len/);
  });
});

describe('the batch up to which memory is the limit', () => {
  it('of a mixture of experts is larger by total ÷ active parameters: 555 for Mixtral on A100-80, not 153', () => {
    const one = but(DECODE, {
      gpu: 'A100-80',
      gpuCount: 2,
      workload: { model: 'mistralai/Mixtral-8x7B-v0.1', tensorParallel: 2 },
      mean: { 'engine.kvUsage': 0.05 },
    });
    expect(said(one, 'text').find((text) => /share each pass over the weights/.test(text))).toContain('about 555 of them');
  });
});

describe('docs/advice.md', () => {
  it('has every piece with its evidence', async () => {
    const rows = Object.entries(CATALOGUE).map(
      ([label, pieces]) => `\n## ${label}\n\n| advice | right where |\n|---|---|\n${pieces.map(({ id, when }) => `| ${id} | ${when} |`).join('\n')}\n`,
    );
    await expect(`${HEAD}${rows.join('')}`).toMatchFileSnapshot('../../../../docs/advice.md');
  });
});

const HEAD = `# What advice rests on

A label alone makes no advice right. Below is every piece that Headroom can give, under the label whose list it stands in, with the evidence
that it asks for; *balanced* asks the lists of its candidates, and a label whose list has nothing to say asks that of *unknown*. The condition stands
beside the words in \`core/telling/advice/\`; \`tests/core/telling/advice/evidence.test.ts\` has for each a case in which it is said and one with
the same label and other evidence in which it is not. What a piece promises is computed on the job's numbers; where they give no gain, or less than a
twentieth, it is not said either. This file is written by that test.
`;
