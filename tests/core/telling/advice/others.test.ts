import type { GpuId, NodeType, Site } from '../../../../core/knowledge/index.ts';
import { ANOTHER_SITE } from '../../../support/another-site.ts';
import { describe, expect, it } from 'vitest';
import { about, advice, DECODE, type Case } from './build.ts';

describe('compute', () => {
  const fp32 = (gpu: GpuId): Case => ({
    gpu,
    verdict: {
      bottleneck: 'compute',
      activity: 'training',
      relief: 8,
      modifiers: ['FP32 without tensor cores'],
      shares: { compute: 0.9, fp32: 0.9, tensor: 0.01 },
    },
  });

  it.each<[GpuId, number, string]>([
    ['A100-40', 6.4, "TF32 by torch.set_float32_matmul_precision('high'), one line, or BF16 by torch.autocast"],
    ['A40', 3.08, 'BF16 by torch.autocast'],
    ['V100-32', 4.69, 'FP16 by torch.autocast with a gradient scaler (this card has no BF16)'],
    ['T4', 4.71, 'FP16 by torch.autocast with a gradient scaler (this card has no BF16)'],
  ])('in FP32 on %s is told what the tensor cores take', (gpu, gain, text) => {
    const first = advice(fp32(gpu))[0];
    expect(first?.gain).toBe(gain);
    expect(first?.text).toContain(text);
  });

  it('in FP32 beside tensor cores is not told to use them: it does', () => {
    const mixed: Case = { ...fp32('A100-40'), verdict: { ...fp32('A100-40').verdict, modifiers: [], shares: { compute: 0.9, fp32: 0.6, tensor: 0.3 } } };
    expect(about(advice(mixed), /tensor cores/)).toBeUndefined();
  });

  const prefill = (gpu: GpuId, more: Partial<Case> = {}): Case => ({
    gpu,
    verdict: {
      bottleneck: 'compute',
      activity: 'prefill',
      relief: 5,
      shares: { compute: 0.85, tensor: 0.85 },
      split: { flops: { prefill: 0.95, decode: 0.05 }, bytes: null, time: { prefill: 0.8, decode: 0.1, other: 0.1 }, estimated: true },
    },
    workload: { engine: 'vllm', model: 'meta-llama/Llama-3.1-8B', dtype: 'fp16' },
    ...more,
  });

  it('of prompts is told to compute common beginnings once', () => {
    expect(about(advice(prefill('A100-40')), /prefix-caching/)).toMatchObject({ gain: 1.68 });
    expect(about(advice(prefill('A100-40', { mean: { 'engine.cacheHitRatio': 0.2 } })), /prefix-caching/)).toMatchObject({ gain: 1.43 });
    expect(about(advice(prefill('A100-40', { mean: { 'engine.cacheHitRatio': 0.5 } })), /prefix-caching/)).toBeUndefined();
  });

  it('in small types is advised where tensor cores multiply them, not on V100', () => {
    expect(about(advice(prefill('A100-40')), /^Multiply in INT8/)).toMatchObject({ gain: 1.74 });
    expect(about(advice(prefill('T4')), /^Multiply in INT8/)?.text).toContain('On T4 16 GB measure it');
    expect(about(advice(prefill('H100-80')), /^Multiply in FP8/)).toMatchObject({ gain: 1.74 });
    expect(about(advice(prefill('V100-32')), /^Multiply in/)).toBeUndefined();
    expect(
      about(advice(prefill('A100-40', { workload: { engine: 'vllm', model: 'meta-llama/Llama-3.1-8B', quantization: 'w8a8' } })), /^Multiply in/),
    ).toBeUndefined();
  });

  it('is told to spread the model wider as far as the site’s nodes go', () => {
    const wide = (tensorParallel: number, site?: Site, gpuCount = tensorParallel) =>
      about(
        advice({
          ...prefill('H100-80'),
          gpuCount,
          workload: { engine: 'vllm', model: 'meta-llama/Llama-3.1-8B', dtype: 'fp16', quantization: 'w8a8', tensorParallel },
          ...(site === undefined ? {} : { site }),
        }),
        /first token must come sooner/,
      )?.text;
    expect(wide(4, ANOTHER_SITE)).toContain('--tensor-parallel-size 8 inside one node');
    expect(wide(8, ANOTHER_SITE)).toBeUndefined();
    expect(wide(2)).toContain('--tensor-parallel-size 4');
    expect(wide(4)).toBeUndefined();
    expect(wide(4, ANOTHER_SITE, 8)).toBeUndefined(); // the other four are a replica's
  });

  it('of training that is healthy says so, and what arithmetic can be saved', () => {
    const tries = advice({
      verdict: { bottleneck: 'compute', activity: 'training', relief: 4, shares: { compute: 0.8, tensor: 0.8, fp32: 0.1 } },
      workload: { model: 'Qwen/Qwen2.5-7B', dtype: 'bf16' },
    });
    expect(tries[0]?.text).toContain('Training is bound by arithmetic at 80 % of what matrix products reach: that is healthy');
    expect(tries[0]?.gain).toBe(1.25);
    expect(about(tries, /LoRA/)?.gain).toBe(1.36);
    expect(about(tries, /Multiply in/)).toBeUndefined();
  });

  it('of pretraining is not told of adapters', () => {
    const spec: Case = { verdict: { bottleneck: 'compute', activity: 'training', relief: 4, shares: { compute: 0.8 } } };
    expect(about(advice(spec), /LoRA/)).toBeDefined();
    expect(about(advice({ ...spec, commands: ['torchrun pretrain_gpt.py --bf16'] }), /LoRA/)).toBeUndefined();
  });

  it('does not send a BF16 job to a card without BF16', () => {
    const tries = advice({
      gpu: 'A40',
      verdict: { bottleneck: 'compute', activity: 'fine-tuning', relief: 4, shares: { compute: 0.8 } },
      workload: { dtype: 'bf16' },
      mean: { 'gpu.memUsed': 12e9 },
    });
    expect(about(tries, /in 16 bits/)?.text).toContain('A100 SXM 40 GB has 312 TFLOP/s');
    // A V100 reads faster than an A40, too, and is the nearest that does.
    const memory = advice({
      gpu: 'A40',
      verdict: { bottleneck: 'memory', activity: 'fine-tuning', relief: 4, shares: { memory: 0.8 } },
      workload: { dtype: 'bf16' },
      mean: { 'gpu.memUsed': 12e9 },
    });
    expect(about(memory, /reads at most/)?.text).toContain('A100 SXM 40 GB has');
  });

  it('names cards of the job’s own site only: who is not on it cannot have them', () => {
    expect(about(advice(DECODE), /reads at most/)).toBeDefined();
    expect(about(advice({ ...DECODE, site: ANOTHER_SITE }), /reads at most/)).toBeUndefined();
  });
});

describe('network', () => {
  const nodes = (gpu: GpuId, more: Partial<Case> = {}): Case => ({
    gpu,
    gpuCount: 8,
    nodeCount: 2,
    verdict: { bottleneck: 'network', activity: 'training', relief: 2.5, shares: { network: 0.6 } },
    workload: { model: 'Qwen/Qwen2.5-7B', dtype: 'bf16' },
    mean: { 'engine.trainTokenRate': 20_000, 'engine.trainSteps': 1, 'host.ibSpeed': 12.5e9 },
    ...more,
  });

  it('of data parallelism is told the tokens of a step against the balance', () => {
    // 4/6 × 4 × 312 TFLOP/s × 0.5 ÷ 12.5 GB/s = 33 thousand; 10 thousand are 0.30 of it.
    const tries = advice(nodes('A100-40'));
    expect(about(tries, /accumulate gradients/)).toMatchObject({ gain: 1.72 });
    expect(about(tries, /accumulate gradients/)?.text).toContain('A step has 10 thousand tokens per node, where about 33 thousand take as long to compute');
    expect(about(tries, /InfiniBand joins/)).toBeUndefined();
  });

  it('on A40, V100 and T4 nodes is told that there is no InfiniBand', () => {
    const ethernet: Partial<Case> = { mean: { 'host.netSpeed': 3.125e9 } };
    const text = /talk over Ethernet/;
    expect(about(advice(nodes('A40', { ...ethernet, workload: { dtype: 'bf16' } })), text)).toMatchObject({ gain: 1.82 });
    expect(about(advice(nodes('V100-32', ethernet)), text)?.text).toContain('stay on one node, or take A100 nodes');
    expect(about(advice(nodes('A100-40', ethernet)), text)).toBeUndefined();
    expect(about(advice(nodes('A40', { ...ethernet, nodeCount: 1 })), text)).toBeUndefined();
  });

  it('is sent to the nodes of its own site that a faster network joins, and to none where there are none', () => {
    const slow = { ...ANOTHER_SITE.nodeTypes[0], id: 'slow', gpu: 'A40', networks: [{ kind: 'ethernet', rate: 3.125e9 }] } as NodeType; // the one node type of the file
    const site = { ...ANOTHER_SITE, nodeTypes: [slow, ...ANOTHER_SITE.nodeTypes] };
    const ethernet: Partial<Case> = { mean: { 'host.netSpeed': 3.125e9 } };
    expect(about(advice(nodes('A40', { ...ethernet, site })), /talk over/)?.text).toContain(
      'talk over Ethernet (3.13 GB/s): stay on one node, or take accelerated nodes, which InfiniBand joins (50.0 GB/s)',
    );
    expect(about(advice(nodes('A40', { ...ethernet, site: { ...site, nodeTypes: [slow] } })), /talk over/)).toBeUndefined();
  });

  it('of data parallelism over a line of which nothing is known names none', () => {
    const tries = advice(nodes('H100-64', { mean: { 'engine.trainTokenRate': 20_000, 'engine.trainSteps': 1 } }));
    const accumulate = about(tries, /Accumulate gradients/);
    expect(accumulate).toMatchObject({ gain: 1.43 });
    expect(`${accumulate?.text} ${accumulate?.arithmetic}`).not.toMatch(/GB\/s|thousand/);
  });

  it('reduces gradients in FP16 where there is no BF16', () => {
    expect(about(advice(nodes('V100-32')), /reduce them in FP16/)?.gain).toBe(1.43);
    expect(about(advice(nodes('A100-40')), /reduce them in BF16/)?.gain).toBe(1.43);
  });

  it('with steps long enough already is told to look at the link', () => {
    const tries = advice(nodes('A100-40', { mean: { 'engine.trainTokenRate': 80_000, 'engine.trainSteps': 1, 'host.ibSpeed': 12.5e9 } }));
    expect(about(tries, /NCCL_DEBUG=INFO/)?.gain).toBeNull();
  });

  it('of tensor parallelism across nodes is told to stay inside', () => {
    const tries = advice({
      ...nodes('A100-40'),
      verdict: { bottleneck: 'network', activity: 'decode', relief: 2.5, shares: { network: 0.6 } },
      workload: { engine: 'vllm', model: 'meta-llama/Llama-3.1-70B', tensorParallel: 8 },
    });
    expect(tries[0]?.text).toBe('Tensor parallelism over 8 GPUs leaves the node (4 GPUs): use --tensor-parallel-size 4 and --pipeline-parallel-size 2.');
    expect(tries[0]?.gain).toBe(2.5);
  });

  it('inside a node, over NVLink, is told to spread the model less', () => {
    const tries = advice({
      gpuCount: 4,
      verdict: { bottleneck: 'network', activity: 'decode', relief: 1.8, shares: { nvlink: 0.6 } },
      workload: { engine: 'vllm', model: 'meta-llama/Llama-3.1-8B', tensorParallel: 4 },
    });
    expect(tries[0]?.text).toContain('4 GPUs exchange two all-reduces a layer over NVLink: if the model fits, --tensor-parallel-size 2 and two replicas');
  });
});

describe('storage', () => {
  it('of a data loader is told to read ahead, with as many workers as there are cores', () => {
    const tries = advice({
      verdict: { bottleneck: 'storage', activity: 'training', relief: 1.67, shares: { storage: 0.4, empty: 0.4 } },
      cores: 64,
      gpuCount: 4,
      mean: { 'host.fsReadRate': 2e8 },
    });
    expect(tries[0]).toMatchObject({ gain: 1.67 });
    expect(tries[0]?.text).toContain('num_workers up to 15 per GPU (64 cores)');
    expect(about(tries, /tar shards/)?.text).toContain('or copy them to $TMPDIR');
  });

  it('counts what disks and file systems read together, as the verdict does', () => {
    const tries = advice({
      verdict: { bottleneck: 'storage', activity: 'training', relief: 1.67, shares: { storage: 0.4, empty: 0.4 } },
      mean: { 'host.fsReadRate': 2e8, 'host.diskReadRate': 3e8 },
    });
    expect(about(tries, /tar shards/)?.text).toContain('Reading at 500 MB/s');
  });

  it('of loading is told the floor of its line', () => {
    const tries = advice({
      verdict: { bottleneck: 'storage', activity: 'loading', relief: 10, shares: { storage: 0.95 } },
      workload: { model: 'meta-llama/Llama-3.1-8B', dtype: 'bf16' },
      mean: { 'host.fsReadRate': 3e8, 'host.ibSpeed': 12.5e9 },
    });
    // 16.06 GB: 1.28 s over the line and 0.51 s over PCIe, against 53.5 s.
    expect(tries[0]?.arithmetic).toBe(
      '16.1 GB of meta-llama/Llama-3.1-8B over 12.5 GB/s and PCIe take at least 1.8 s, at the present rate 54 s; at most 10 × until the next limit',
    );
    expect(tries[0]?.gain).toBe(10);
    expect(about(tries, /num_workers/)).toBeUndefined(); // nothing is trained yet
  });

  it('of loading over two nodes reckons with half of it on each: the gain would be twice as large', () => {
    const tries = advice({
      verdict: { bottleneck: 'storage', activity: 'loading', relief: null, shares: { storage: 0.95 } },
      workload: { model: 'meta-llama/Llama-3.1-8B', dtype: 'bf16' },
      mean: { 'host.fsReadRate': 3e8, 'host.ibSpeed': 12.5e9 },
      gpuCount: 2,
      nodeCount: 2,
    });
    expect(tries[0]?.arithmetic).toContain('at the present rate 27 s');
  });

  it('over a full Ethernet line is told of nodes with a faster one', () => {
    const full: Case = {
      gpu: 'A40',
      verdict: { bottleneck: 'storage', activity: 'training', relief: 3, shares: { storage: 0.7 } },
      mean: { 'host.netSpeed': 3.125e9, 'host.netRxRate': 2.4e9 },
    };
    expect(about(advice(full), /A100 nodes reach the storage/)?.gain).toBe(2.11);
    expect(about(advice({ ...full, mean: { 'host.netSpeed': 3.125e9, 'host.netRxRate': 0.4e9 } }), /A100 nodes reach/)).toBeUndefined();
    expect(about(advice({ ...full, gpu: 'A100-40' }), /A100 nodes reach/)).toBeUndefined();
  });

  it('of checkpoints is told to save aside', () => {
    expect(advice({ verdict: { bottleneck: 'storage', activity: 'checkpointing', relief: 5, shares: { storage: 0.8 } } })[0]).toMatchObject({
      gain: 5,
      text: expect.stringContaining('async_save') as string,
    });
  });
});

describe('host', () => {
  const server = (more: Partial<Case> = {}): Case => ({
    verdict: { bottleneck: 'host', activity: 'decode', relief: 1.67, shares: { host: 0.4, empty: 0.4, memory: 0.45 } },
    workload: { engine: 'vllm', model: 'facebook/opt-1.3b', dtype: 'fp16', tensorParallel: 1 },
    mean: { 'engine.running': 64, 'engine.generationRate': 6400, 'engine.kvUsage': 0.4, 'gpu.memTotal': 42.9e9 },
    ...more,
  });

  it('of a server without CUDA graphs is told to use them', () => {
    // 24 layers × 10 kernels × 10 µs = 2.4 ms, 100 steps a second: 24 % of the time.
    expect(advice(server({ commands: ['vllm serve facebook/opt-1.3b --enforce-eager'] }))[0]).toMatchObject({
      gain: 1.32,
      text: expect.stringContaining('leave out --enforce-eager') as string,
    });
    expect(advice(server())[0]).toMatchObject({ gain: null, text: expect.stringContaining('Keep CUDA graphs on') as string });
    expect(about(advice(server({ workload: { engine: 'llama.cpp', model: 'facebook/opt-1.3b' } })), /CUDA graphs/)).toBeUndefined();
  });

  it('of a server gains by CUDA graphs no more than it waits, however many steps there are', () => {
    const fast = server({
      verdict: { bottleneck: 'host', activity: 'decode', relief: 9, shares: { host: 0.4, empty: 0.4, memory: 0.1 } },
      mean: { 'engine.running': 64, 'engine.generationRate': 19_200 },
      commands: ['vllm serve facebook/opt-1.3b --enforce-eager'],
    });
    // 300 steps a second would take 72 % of the time; the host took 40 %.
    expect(about(advice(fast), /--enforce-eager/)?.gain).toBe(1.67);
  });

  it('of a server is not told of loader workers, which it has not', () => {
    expect(about(advice(server()), /num_workers/)).toBeUndefined();
  });

  it('of a server that waits little gains little by scheduling ahead: the longer of the two is left', () => {
    const little = server({ verdict: { bottleneck: 'host', activity: 'decode', relief: 9, shares: { host: 0.3, empty: 0.3, memory: 0.1 } } });
    expect(about(advice(little), /schedule ahead/)?.gain).toBe(1.43);
  });

  it('of a server is told to run more at once as far as the cache has room', () => {
    expect(about(advice(server()), /share the host's work/)?.text).toContain(
      "Run up to 128 requests at once (now 64): they share the host's work of each step. The KV cache has room for 96 more.",
    );
    expect(
      about(advice(server({ mean: { 'engine.running': 64, 'engine.generationRate': 6400, 'engine.kvUsage': 0.99 } })), /share the host's work/),
    ).toBeUndefined();
  });

  it('of a small model is told of a second server beside it', () => {
    expect(about(advice(server()), /two servers on the GPU/)?.gain).toBe(1.67);
    expect(about(advice(server({ workload: { engine: 'vllm', model: 'meta-llama/Llama-3.1-8B', dtype: 'fp16' } })), /two servers/)).toBeDefined();
    expect(about(advice(server({ workload: { engine: 'vllm', model: 'meta-llama/Llama-2-13b-hf', dtype: 'fp16' } })), /two servers/)).toBeUndefined();
  });

  it('of a trainer is told of workers and cores', () => {
    const tries = advice({
      verdict: { bottleneck: 'host', activity: 'training', relief: 1.8, shares: { host: 0.45, empty: 0.45 } },
      cores: 8,
      gpuCount: 2,
      mean: { 'host.cpuMaxThread': 1, 'host.psiCpu': 0.5 },
    });
    expect(tries[0]?.text).toContain(
      'The GPU waited for the CPU 45 % of the time with a thread at 100 % of a core: prepare batches in workers (num_workers up to 3 per GPU of your 8 cores',
    );
    expect(about(tries, /--cpus-per-task/)?.text).toContain('on 8 cores for 2 GPUs');
  });
});

describe('transfer', () => {
  it('of weights that do not fit is told what would fit', () => {
    const tries = advice({
      verdict: { bottleneck: 'transfer', activity: 'decode', relief: 6, shares: { transfer: 0.9 } },
      workload: { model: 'meta-llama/Llama-3.1-70B', dtype: 'fp16' },
      mean: { 'gpu.pcieRx': 22e9 },
    });
    expect(tries[0]?.text).toContain('141 GB of weights do not fit into 38.7 GB of GPU memory, so they cross PCIe in every step');
    expect(about(tries, /pinned memory/)).toBeUndefined(); // the engine copies, and nothing hides it
  });

  it('of weights that fit is not told that they cross PCIe', () => {
    const fits: Case = {
      verdict: { bottleneck: 'transfer', activity: 'decode', relief: 6, shares: { transfer: 0.9 } },
      workload: { model: 'meta-llama/Llama-3.1-8B', dtype: 'fp16' },
    };
    expect(about(advice(fits), /do not fit/)).toBeUndefined();
  });

  it('on a slow link is told so first', () => {
    const tries = advice({
      verdict: { bottleneck: 'transfer', activity: 'training', relief: 3, shares: { transfer: 0.7 } },
      mean: { 'gpu.pcieGen': 3, 'gpu.pcieGenMax': 4, 'gpu.pcieWidth': 16, 'gpu.pcieWidthMax': 16 },
    });
    expect(tries[0]).toMatchObject({ gain: 1.54, text: expect.stringContaining('The card is on PCIe 3.0 × 16 where its slot has 4.0 × 16') as string });
  });
});

describe('overhead', () => {
  it('of a small model over many GPUs is told to use fewer', () => {
    const tries = advice({
      gpu: 'A100-80',
      gpuCount: 8,
      verdict: { bottleneck: 'overhead', activity: 'decode', relief: 1.9, shares: { memory: 0.34 }, unexplained: 0.47 },
      workload: { engine: 'vllm', model: 'meta-llama/Llama-2-7b-hf', dtype: 'fp16', tensorParallel: 8 },
      mean: { 'engine.running': 1, 'engine.generationRate': 300 },
    });
    expect(tries[0]).toMatchObject({
      gain: 1.9,
      text: '8 GPUs share 13.2 GB of weights, which one GPU holds with room for the cache: --tensor-parallel-size 1, and 8 replicas.',
    });
  });

  it('of a large model over as few GPUs as hold it is not told to use fewer', () => {
    const tries = advice({
      gpuCount: 4,
      verdict: { bottleneck: 'overhead', activity: 'decode', relief: 1.9, shares: { memory: 0.34 }, unexplained: 0.47 },
      workload: { engine: 'vllm', model: 'meta-llama/Llama-3.1-70B', dtype: 'fp16', tensorParallel: 4 },
      mean: { 'engine.running': 1, 'engine.generationRate': 30 },
    });
    expect(about(tries, /of weights, which/)).toBeUndefined();
  });

  it('of training is told of a larger micro-batch, as far as memory goes, and of fusing', () => {
    const tries = advice({
      verdict: { bottleneck: 'overhead', activity: 'training', relief: 1.6, shares: { compute: 0.4 }, unexplained: 0.5 },
      mean: { 'gpu.memUsed': 12e9, 'gpu.memTotal': 42.9e9 },
    });
    expect(tries[0]?.text).toContain('Memory is 28 % full: a micro-batch up to 3.2 times as large');
    expect(tries[0]?.gain).toBe(1.53);
    expect(about(tries, /torch\.compile/)?.gain).toBe(1.6);
  });
});

describe('kernels that wait', () => {
  it('are not told to be tuned', () => {
    const tries = advice({
      gpuCount: 4,
      verdict: {
        bottleneck: 'overhead',
        activity: 'training',
        relief: 9,
        modifiers: ['no progress'],
        shares: { busy: 1, memory: 0.006, compute: 0.001, nvlink: 0 },
        unexplained: 0.99,
      },
      mean: { 'gpu.memUsed': 35e9, 'gpu.memTotal': 42.9e9 },
    });
    expect(tries).toHaveLength(1);
    expect(tries[0]).toMatchObject({ gain: null, arithmetic: 'busy 100 %, memory 0.6 %, compute 0.1 %' });
  });
});

describe('capacity', () => {
  const full: Case = {
    ...DECODE,
    verdict: { bottleneck: 'capacity', second: 'memory', activity: 'decode', relief: 3, shares: { memory: 0.8 } },
    mean: { ...DECODE.mean, 'engine.kvUsage': 0.99, 'engine.preemptions': 0.5, 'engine.requests': 2, 'engine.kvTokensMax': 16_000 },
    facts: { maxNumSeqs: '256', gpuMemoryUtilization: '0.85' },
  };

  it('of a cache is told what fits, in order', () => {
    const tries = advice(full);
    expect(tries[0]).toMatchObject({
      gain: 1.25,
      text: expect.stringContaining('Run fewer requests at once, --max-num-seqs 30 (now 256): 30 a minute were put back and computed again.') as string,
    });
    expect(tries[1]).toMatchObject({ gain: 1.78, text: expect.stringContaining('A token takes 131 kB of cache: in 8 bits') as string });
    expect(about(tries, /--gpu-memory-utilization 0.95/)?.text).toContain('gives 4.29 GB more to the cache');
    expect(about(tries, /beside the weights/)?.text).toContain('A100 SXM 80 GB (A100fat)');
  });

  it('is not told to leave the node, nor of a card that its site has not', () => {
    const wide = { ...full, gpuCount: 4, workload: { ...full.workload, tensorParallel: 4 } };
    const text = about(advice(wide), /beside the weights/)?.text;
    expect(text).toContain('A100 SXM 80 GB (A100fat)');
    expect(text).not.toContain('--tensor-parallel-size');
    expect(
      about(advice({ ...wide, gpu: 'H100-80', gpuCount: 8, workload: { ...full.workload, tensorParallel: 8 }, site: ANOTHER_SITE }), /beside the weights/),
    ).toBeUndefined();
  });

  it('does not advise FP8 on cards without kernels for it', () => {
    expect(about(advice({ ...full, gpu: 'V100-32' }), /of cache: in 8 bits/)).toBeUndefined();
    expect(about(advice({ ...full, gpu: 'T4' }), /of cache: in 8 bits/)).toBeUndefined();
  });

  it('promises of more room no more than compute can serve: from 201 requests on they wait for arithmetic', () => {
    const many: Case = { ...full, verdict: { ...full.verdict, relief: null }, mean: { ...full.mean, 'engine.running': 180, 'engine.kvTokens': 90_000 } };
    // 201 ÷ 180 × 26.8 GB ÷ 28.2 GB a step; twice as many requests would make 1.39.
    expect(about(advice(many), /of cache: in 8 bits/)?.gain).toBe(1.06);
  });

  it('of training is told what each saving gives', () => {
    const tries = advice({ verdict: { bottleneck: 'capacity', activity: 'training' }, workload: { model: 'meta-llama/Llama-2-7b-hf', dtype: 'bf16' } });
    expect(tries[0]?.text).toContain('8-bit Adam (saves 40.4 GB)');
    expect(tries[0]?.arithmetic).toContain('full AdamW takes 18 × 6.7 G = 121 GB against 42.9 GB a GPU');
  });
});

describe('idle', () => {
  it('is told what it costs, and which card would do', () => {
    const tries = advice({
      gpu: 'A100-80',
      gpuCount: 4,
      seconds: 5400,
      verdict: { bottleneck: 'idle', activity: 'idle', relief: null },
      workload: { engine: 'vllm', model: 'facebook/opt-1.3b', dtype: 'fp16' },
      mean: { 'engine.running': 0 },
    });
    expect(tries[0]).toMatchObject({ gain: null, arithmetic: '4 × 1 h 30 min = 6.0 GPU-hours at 95 % busy' });
    expect(tries[0]?.text).toContain('a server without requests can be stopped');
    expect(tries[1]?.text).toContain('facebook/opt-1.3b also runs on 1 × T4 16 GB (T4)');
  });

  it('of less than a minute is no rest to speak of', () => {
    const pause = (seconds: number) => about(advice({ seconds, verdict: { bottleneck: 'idle', activity: 'idle' } }), /did nothing/);
    expect(pause(59)).toBeUndefined();
    expect(pause(60)).toBeDefined();
  });

  it('does not send a model to a card that is as large', () => {
    expect(advice({ gpu: 'T4', verdict: { bottleneck: 'idle', activity: 'idle' }, workload: { model: 'facebook/opt-1.3b', dtype: 'fp16' } })).toHaveLength(1);
  });
});

describe('balanced', () => {
  it('is told of both sides, neither with more than the other leaves', () => {
    const tries = advice({
      ...DECODE,
      verdict: {
        bottleneck: 'balanced',
        activity: 'serving',
        relief: 1.2,
        candidates: ['memory', 'compute'],
        shares: { memory: 0.8, compute: 0.75 },
        split: { flops: { prefill: 0.8, decode: 0.2 }, bytes: null, time: null, estimated: true },
      },
    });
    expect(tries.length).toBeGreaterThan(2);
    expect(tries.every(({ gain }) => gain === null || gain <= 1.2)).toBe(true);
    expect(about(tries, /Each step reads/)).toBeDefined();
    expect(about(tries, /prefix-caching/)).toBeDefined();
    // Two of each: the first side has more to say than fits.
    expect(tries.map(({ text }) => text.slice(0, 12))).toEqual(['Let up to 64', 'Each step re', 'Prompts are ', 'Multiply in ']);
  });
});

describe('a verdict that cannot tell', () => {
  it('with an engine of an unknown model asks for it', () => {
    const tries = advice({
      verdict: { bottleneck: 'unknown', activity: 'serving', candidates: ['memory', 'compute'] },
      workload: { engine: 'vllm', model: 'our/own' },
      mean: { 'engine.running': 4, 'engine.generationRate': 800 },
    });
    expect(tries[0]?.text).toContain('config.json of our/own, which is not in the table');
    expect(tries[0]?.arithmetic).toContain('that tells memory bandwidth, compute apart');
    expect(about(tries, /--enable-mfu-metrics/)).toBeDefined();
  });

  it('does not ask for what is there: the model, the engine’s own counts, DCGM’s counters', () => {
    const told = advice({
      verdict: { bottleneck: 'unknown', activity: 'serving', candidates: ['memory', 'overhead'], shares: { tensor: 0.2, memory: 0.3, empty: 0.5 } },
      workload: { engine: 'vllm', model: 'meta-llama/Llama-3.1-8B' },
      mean: { 'engine.running': 4, 'engine.generationRate': 800, 'engine.flops': 1e13 },
    });
    expect(about(told, /headroom-record/)).toBeDefined();
    expect(about(told, /Name the model|--enable-mfu-metrics|dcgmi dmon/)).toBeUndefined();
  });

  it('with nvidia-smi alone names what its owner can do first, then the counters, the command, and who can start them', () => {
    const tries = advice({ verdict: { bottleneck: 'unknown', candidates: ['memory', 'compute', 'overhead'], shares: { busy: 0.97, empty: 0.03 } } });
    const counters = tries.at(-1);
    expect(tries[0]?.text).toContain("Give the trainer's log");
    expect(counters?.text).toContain('dcgmi dmon -e 1001,1002,1004,1005');
    expect(counters?.text).toContain('only the admins can start it');
    expect(counters?.arithmetic).toContain('tensor_active from 0.43 on would mean compute, dram_active from 0.40 on memory bandwidth');
    expect(about(tries, /trainer's log/)).toBeDefined();
  });

  it('of an empty GPU asks for the host', () => {
    const starved: Case = { verdict: { bottleneck: 'unknown', candidates: ['host', 'storage'], shares: { busy: 0.5, empty: 0.5, tensor: 0.2, memory: 0.3 } } };
    expect(about(advice(starved), /headroom-record/)?.arithmetic).toContain('the GPU was empty 50 % of the time');
    expect(about(advice({ ...starved, mean: { 'host.psiIo': 0.1 } }), /headroom-record/)).toBeUndefined();
  });
});

describe('what was given', () => {
  const unknown = (more: Partial<Case>): Case => ({ verdict: { bottleneck: 'unknown', activity: 'training' }, ...more });
  const serving = (engine: string, facts: Case['facts']) =>
    about(advice({ verdict: { bottleneck: 'unknown', activity: 'decode' }, workload: { engine }, facts: facts ?? {} }), /^Let the engine count/)?.text;

  it('is not asked for: a trainer’s log', () => {
    const asks = (more: Partial<Case>) => about(advice(unknown(more)), /trainer/)?.text;
    expect(asks({})).toMatch(/^Give the trainer's log as well/);
    expect(asks({ mean: { 'engine.trainSteps': 0.5 } })).toBeUndefined();
    expect(asks({ facts: { trainer: 'megatron' } })).toBeUndefined();
    expect(asks({ facts: { trainer: 'transformers' } })).toMatch(/^Let the trainer count its tokens: --include_num_input_tokens_seen/);
    expect(asks({ facts: { trainer: 'transformers' }, mean: { 'engine.trainTokenRate': 9000 } })).toBeUndefined();
  });

  it('is not asked for: an engine’s page of metrics, which unlike its log does not name the engine', () => {
    expect(serving('vllm', { engine: 'vllm' })).toContain('--enable-mfu-metrics and give its /metrics address');
    expect(serving('vllm', { model: 'm' })).toBe('Let the engine count its work: start vLLM with --enable-mfu-metrics.');
    expect(serving('llama.cpp', { engine: 'llamacpp' })).toContain('--metrics');
    expect(serving('llama.cpp', {})).toBeUndefined();
  });
});
