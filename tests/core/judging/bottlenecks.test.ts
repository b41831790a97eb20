import { describe, expect, it } from 'vitest';
import { analyse } from '../../../core/analyse/index.ts';
import type { MetricId, Table } from '../../../core/readings/index.ts';
import type { AnalyseOptions } from '../../../core/judging/index.ts';
import { made, runOf, SERVING as served } from '../../support/telemetry.ts';

type Values = Partial<Record<MetricId, number>>;

const A100 = { name: 'NVIDIA A100-SXM4-40GB' };
const CARD: Values = { 'gpu.memTotal': 42949672960, 'gpu.powerLimit': 400 };

function gpu(values: Values, samples = 60): Table {
  return made('gpu', { node: 'n1', samples, facts: A100, values: { ...CARD, ...values } });
}
function host(values: Values): Table {
  return made('host', { id: 'n1', samples: 60, values });
}
function vllm(values: Values): Table {
  return made('engine', { id: 'vllm@n1:8000', node: 'n1', samples: 60, values });
}

function verdict(tables: readonly Table[], options: AnalyseOptions = {}) {
  return analyse(runOf(...tables), options).verdict;
}

const DCGM: Values = { 'gpu.grActive': 0.98 };
const IB: Values = { 'host.ibSpeed': 12.5e9 };

/** Every bottleneck by DCGM and the host (tier B): at its threshold and just under it. */
describe('tier B: DCGM without an engine', () => {
  const cases: [string, Table[], string][] = [
    ['memory at dram_active 0.40, half of what can be had', [gpu({ ...DCGM, 'gpu.tensorActive': 0.1, 'gpu.dramActive': 0.4 })], 'memory'],
    ['no resource under it', [gpu({ ...DCGM, 'gpu.tensorActive': 0.1, 'gpu.dramActive': 0.399, 'gpu.fp32Active': 0.02 })], 'overhead'],
    ['compute at tensor_active 0.435', [gpu({ ...DCGM, 'gpu.tensorActive': 0.435, 'gpu.dramActive': 0.1 })], 'compute'],
    ['no resource under it', [gpu({ ...DCGM, 'gpu.tensorActive': 0.434, 'gpu.dramActive': 0.1 })], 'overhead'],
    ['compute by the FP32 pipe', [gpu({ ...DCGM, 'gpu.tensorActive': 0, 'gpu.fp32Active': 0.6, 'gpu.dramActive': 0.1 })], 'compute'],
    ['compute by the FP64 pipe', [gpu({ ...DCGM, 'gpu.tensorActive': 0, 'gpu.fp64Active': 0.6, 'gpu.dramActive': 0.1 })], 'compute'],
    ['the largest pipe counts, not their sum', [gpu({ ...DCGM, 'gpu.tensorActive': 0.3, 'gpu.fp32Active': 0.3, 'gpu.dramActive': 0.1 })], 'overhead'],
    [
      'NVLink busy for half of its rate',
      [gpu({ ...DCGM, 'gpu.tensorActive': 0.2, 'gpu.dramActive': 0.2, 'gpu.nvlinkRx': 120e9, 'gpu.nvlinkTx': 120e9 })],
      'network',
    ],
    [
      'PCIe at half of what can be had (31.5 GB/s, 0.8)',
      [gpu({ 'gpu.grActive': 0.5, 'gpu.tensorActive': 0.1, 'gpu.dramActive': 0.1, 'gpu.pcieRx': 12.604e9, 'gpu.pcieTx': 1e9 })],
      'transfer',
    ],
    [
      'the direction does not matter',
      [gpu({ 'gpu.grActive': 0.5, 'gpu.tensorActive': 0.1, 'gpu.dramActive': 0.1, 'gpu.pcieRx': 1e9, 'gpu.pcieTx': 12.604e9 })],
      'transfer',
    ],
    [
      'PCIe under it leaves the empty time without a cause',
      [gpu({ 'gpu.grActive': 0.5, 'gpu.tensorActive': 0.1, 'gpu.dramActive': 0.1, 'gpu.pcieRx': 12.5e9, 'gpu.pcieTx': 1e9 })],
      'unknown',
    ],
    [
      'InfiniBand both ways is an exchange between nodes',
      [gpu({ ...DCGM, 'gpu.tensorActive': 0.2, 'gpu.dramActive': 0.2 }), host({ ...IB, 'host.ibRxRate': 6e9, 'host.ibTxRate': 6e9 })],
      'network',
    ],
    [
      'Ethernet too',
      [gpu({ ...DCGM, 'gpu.tensorActive': 0.2, 'gpu.dramActive': 0.2 }), host({ 'host.netSpeed': 3.125e9, 'host.netRxRate': 2e9, 'host.netTxRate': 2e9 })],
      'network',
    ],
    [
      'three to one is still an exchange',
      [gpu({ ...DCGM, 'gpu.tensorActive': 0.2, 'gpu.dramActive': 0.2 }), host({ ...IB, 'host.ibRxRate': 9e9, 'host.ibTxRate': 3e9 })],
      'network',
    ],
    [
      'more is one way; with I/O pressure it is storage',
      [
        gpu({ 'gpu.grActive': 0.5, 'gpu.tensorActive': 0.2, 'gpu.dramActive': 0.2 }),
        host({ ...IB, 'host.ibRxRate': 9e9, 'host.ibTxRate': 2.9e9, 'host.psiIo': 0.33 }),
      ],
      'storage',
    ],
    [
      'or with two cores in I/O wait',
      [
        gpu({ 'gpu.grActive': 0.5, 'gpu.tensorActive': 0.2, 'gpu.dramActive': 0.2 }),
        host({ ...IB, 'host.ibRxRate': 9e9, 'host.ibTxRate': 1e8, 'host.iowait': 0.125, 'host.cores': 16 }),
      ],
      'storage',
    ],
    [
      'less than two cores in I/O wait may be one process’s single read',
      [
        gpu({ 'gpu.grActive': 0.5, 'gpu.tensorActive': 0.2, 'gpu.dramActive': 0.2 }),
        host({ ...IB, 'host.ibRxRate': 9e9, 'host.ibTxRate': 1e8, 'host.iowait': 0.124, 'host.cores': 16 }),
      ],
      'unknown',
    ],
    [
      'or where file systems read as much',
      [
        gpu({ 'gpu.grActive': 0.5, 'gpu.tensorActive': 0.2, 'gpu.dramActive': 0.2 }),
        host({ ...IB, 'host.ibRxRate': 9e9, 'host.ibTxRate': 1e8, 'host.fsReadRate': 8.5e9 }),
      ],
      'storage',
    ],
    [
      'not where they read less than half of it',
      [
        gpu({ 'gpu.grActive': 0.5, 'gpu.tensorActive': 0.2, 'gpu.dramActive': 0.2 }),
        host({ ...IB, 'host.ibRxRate': 9e9, 'host.ibTxRate': 1e8, 'host.fsReadRate': 4.4e9 }),
      ],
      'unknown',
    ],
    [
      'one way out, as file systems write',
      [
        gpu({ 'gpu.grActive': 0.5, 'gpu.tensorActive': 0.2, 'gpu.dramActive': 0.2 }),
        host({ ...IB, 'host.ibRxRate': 1e8, 'host.ibTxRate': 9e9, 'host.fsWriteRate': 4.5e9 }),
      ],
      'storage',
    ],
    [
      'an exchange beside a checkpoint is still one',
      [
        gpu({ 'gpu.grActive': 0.5, 'gpu.tensorActive': 0.2, 'gpu.dramActive': 0.2 }),
        host({ ...IB, 'host.ibRxRate': 9e9, 'host.ibTxRate': 9e9, 'host.fsWriteRate': 5e9 }),
      ],
      'network',
    ],
    [
      'a busy Ethernet beside a resting InfiniBand is the link that counts',
      [
        gpu({ ...DCGM, 'gpu.tensorActive': 0.2, 'gpu.dramActive': 0.2 }),
        host({ ...IB, 'host.ibRxRate': 1e8, 'host.ibTxRate': 1e8, 'host.netSpeed': 3.125e9, 'host.netRxRate': 2e9, 'host.netTxRate': 2e9 }),
      ],
      'network',
    ],
    [
      'one way without any of that cannot be separated',
      [
        gpu({ 'gpu.grActive': 0.5, 'gpu.tensorActive': 0.2, 'gpu.dramActive': 0.2 }),
        host({ ...IB, 'host.ibRxRate': 9e9, 'host.ibTxRate': 1e8, 'host.psiIo': 0.32 }),
      ],
      'unknown',
    ],
    [
      'a local disk busy all the time, with I/O pressure',
      [gpu({ 'gpu.grActive': 0.5, 'gpu.tensorActive': 0.2, 'gpu.dramActive': 0.2 }), host({ 'host.diskBusy': 0.9, 'host.psiIo': 0.5 })],
      'storage',
    ],
    [
      'empty time with I/O pressure',
      [gpu({ 'gpu.grActive': 0.4, 'gpu.tensorActive': 0.1, 'gpu.dramActive': 0.1 }), host({ 'host.psiIo': 0.33, 'host.cpu': 0.2 })],
      'storage',
    ],
    [
      'empty time with a thread at its limit',
      [gpu({ 'gpu.grActive': 0.4, 'gpu.tensorActive': 0.1, 'gpu.dramActive': 0.1 }), host({ 'host.cpuMaxThread': 0.9 })],
      'host',
    ],
    [
      'a thread under it proves nothing',
      [gpu({ 'gpu.grActive': 0.4, 'gpu.tensorActive': 0.1, 'gpu.dramActive': 0.1 }), host({ 'host.cpuMaxThread': 0.89 })],
      'unknown',
    ],
    [
      'a spinning thread is no evidence while the GPU is busy',
      [gpu({ ...DCGM, 'gpu.tensorActive': 0.6, 'gpu.dramActive': 0.1 }), host({ 'host.cpuMaxThread': 1 })],
      'compute',
    ],
    [
      'empty time with CPU pressure',
      [gpu({ 'gpu.grActive': 0.4, 'gpu.tensorActive': 0.1, 'gpu.dramActive': 0.1 }), host({ 'host.psiCpu': 0.33, 'host.psiIo': 0.01 })],
      'host',
    ],
    [
      'collectives that spin over a congested network',
      [gpu({ ...DCGM, 'gpu.tensorActive': 0.1, 'gpu.dramActive': 0.1 }), host({ ...IB, 'host.ibRxRate': 2e9, 'host.ibTxRate': 2e9, 'host.ibWait': 1e6 })],
      'network',
    ],
    [
      'a GPU that does not look busy does not spin, whatever the port says',
      [
        gpu({ 'gpu.grActive': 0.79, 'gpu.tensorActive': 0.1, 'gpu.dramActive': 0.1 }),
        host({ ...IB, 'host.ibRxRate': 2e9, 'host.ibTxRate': 2e9, 'host.ibWait': 1e6 }),
      ],
      'overhead',
    ],
    [
      'a GPU that computes does not wait, whatever the port says',
      [gpu({ ...DCGM, 'gpu.tensorActive': 0.6, 'gpu.dramActive': 0.1 }), host({ ...IB, 'host.ibRxRate': 2e9, 'host.ibTxRate': 2e9, 'host.ibWait': 1e6 })],
      'compute',
    ],
    [
      'a port that waited a little and carries nothing is no congestion',
      [gpu({ ...DCGM, 'gpu.tensorActive': 0.1, 'gpu.dramActive': 0.1 }), host({ ...IB, 'host.ibRxRate': 1e7, 'host.ibTxRate': 1e7, 'host.ibWait': 1e6 })],
      'overhead',
    ],
    [
      'the same without congestion is overhead',
      [gpu({ ...DCGM, 'gpu.tensorActive': 0.1, 'gpu.dramActive': 0.1 }), host({ ...IB, 'host.ibRxRate': 2e9, 'host.ibTxRate': 2e9, 'host.ibWait': 0 })],
      'overhead',
    ],
    [
      'device memory full with offload traffic',
      [gpu({ ...DCGM, 'gpu.tensorActive': 0.2, 'gpu.dramActive': 0.2, 'gpu.memUsed': 40.9e9, 'gpu.pcieRx': 9e9, 'gpu.pcieTx': 9e9 })],
      'capacity',
    ],
    [
      'device memory full by itself is allocation, not need',
      [gpu({ ...DCGM, 'gpu.tensorActive': 0.6, 'gpu.dramActive': 0.2, 'gpu.memUsed': 40.9e9, 'gpu.pcieRx': 1e8, 'gpu.pcieTx': 1e8 })],
      'compute',
    ],
    ['idle under a twentieth of the time', [gpu({ 'gpu.grActive': 0.049, 'gpu.tensorActive': 0, 'gpu.dramActive': 0.01 })], 'idle'],
    ['at a twentieth it is starved', [gpu({ 'gpu.grActive': 0.05, 'gpu.tensorActive': 0, 'gpu.dramActive': 0.01 })], 'unknown'],
    [
      'no kernel but a third of the PCIe link is not idle',
      [gpu({ 'gpu.grActive': 0, 'gpu.tensorActive': 0, 'gpu.dramActive': 0.01, 'gpu.pcieRx': 9e9, 'gpu.pcieTx': 0 })],
      'unknown',
    ],
  ];
  it.each(cases)('%s', (_, tables, expected) => {
    const { bottleneck, tier } = verdict(tables);
    expect(bottleneck).toBe(expected);
    expect(tier).toBe('B');
  });

  it('a label that a tenth in one η would change is graded at most a half: it is as likely wrong as right', () => {
    const at = (dram: number) => verdict([gpu({ ...DCGM, 'gpu.tensorActive': 0.1, 'gpu.dramActive': dram, 'gpu.fp32Active': 0.02 })]);
    expect(at(0.438)).toMatchObject({ bottleneck: 'memory', grade: 0.5 }); // 0.5475 ÷ 1.1 is under a half
    expect(at(0.438).gradeWhy).toContain('another label if the reachable part of memory were 10 % higher');
    expect(at(0.441)).toMatchObject({ bottleneck: 'memory', grade: 0.599 }); // 0.55125 ÷ 1.1 is not
  });
  it('decode of batch 32 is memory-bound: stalled warps keep SMs active at 95 %', () => {
    const { bottleneck, second, shares, grade } = verdict([gpu({ ...DCGM, 'gpu.smActive': 0.95, 'gpu.tensorActive': 0.15, 'gpu.dramActive': 0.73 })]);
    expect(bottleneck).toBe('memory');
    expect(second).toBe('compute');
    expect(shares.memory).toBeCloseTo(0.9125, 10);
    expect(shares.compute).toBeCloseTo(0.1724, 4);
    expect(grade).toBe(0.85);
  });
  it('a full line that is also congested is seen, not inferred: it keeps the grade of a counter', () => {
    const traffic = { ...IB, 'host.ibRxRate': 9e9, 'host.ibTxRate': 9e9, 'host.ibWait': 1e6 };
    const seen = verdict([gpu({ ...DCGM, 'gpu.tensorActive': 0.1, 'gpu.dramActive': 0.1 }), host(traffic)]);
    expect(seen).toMatchObject({ bottleneck: 'network', grade: 0.85, candidates: [] });
  });
  it('nearly at work is graded as less surely idle, steadily at a little work at a half at most', () => {
    const rests = (active: number) => verdict([gpu({ 'gpu.grActive': active, 'gpu.tensorActive': 0, 'gpu.dramActive': 0.01, 'gpu.memUsed': 1e9 })]);
    expect(rests(0.045)).toMatchObject({ bottleneck: 'idle', grade: 0.5 });
    expect(rests(0)).toMatchObject({ bottleneck: 'idle', grade: 0.85 });
  });
  it('the runner-up is named from a tenth of the time on: less is the error of what is measured', () => {
    const second = (tensor: number) => verdict([gpu({ ...DCGM, 'gpu.tensorActive': tensor, 'gpu.dramActive': 0.72 })]).second;
    expect(second(0.0871)).toBe('compute');
    expect(second(0.0869)).toBeNull();
  });
  it('says network or storage where one-way traffic has no other evidence', () => {
    const { candidates, missing, grade, headroom } = verdict([
      gpu({ 'gpu.grActive': 0.5, 'gpu.tensorActive': 0.2, 'gpu.dramActive': 0.2 }),
      host({ ...IB, 'host.ibRxRate': 9e9, 'host.ibTxRate': 1e8 }),
    ]);
    expect(candidates).toEqual(['network', 'storage']);
    expect(missing.join()).toContain('I/O pressure');
    expect(grade).toBe(0);
    expect(headroom).toBeNull();
  });
  it('an unlisted GPU keeps its tensor and DRAM shares, which need no peak', () => {
    const table = made('gpu', {
      samples: 60,
      facts: { name: 'NVIDIA Foo 123' },
      values: { ...DCGM, 'gpu.tensorActive': 0.1, 'gpu.dramActive': 0.6, 'gpu.pcieRx': 1e9, 'gpu.pcieTx': 1e9 },
    });
    const { bottleneck, tier, shares } = verdict([table]);
    expect({ bottleneck, tier, transfer: shares.transfer }).toEqual({ bottleneck: 'memory', tier: 'B', transfer: null });
  });
  it('a DCGM exporter without the FP32 pipe cannot tell idle tensor cores from other work: not without low power, and then at most a half', () => {
    const rests = { ...DCGM, 'gpu.tensorActive': 0.01, 'gpu.dramActive': 0.1 };
    const { bottleneck, grade, candidates, missing } = verdict([gpu(rests)]);
    expect({ bottleneck, grade, candidates }).toEqual({ bottleneck: 'unknown', grade: 0, candidates: ['compute', 'overhead'] });
    expect(missing.join()).toContain('the FP32 and FP64 pipes (DCGM 1007, 1006)');
    expect(verdict([gpu({ ...rests, 'gpu.power': 100 })])).toMatchObject({ bottleneck: 'overhead', grade: 0.5, candidates: ['compute', 'network'] });
    const alone = { ...rests, 'gpu.power': 100, 'gpu.pcieRx': 1e6, 'gpu.pcieTx': 1e6 };
    expect(verdict([gpu(alone)])).toMatchObject({ bottleneck: 'overhead', grade: 0.5, candidates: ['compute'] });
  });
});

const SERVING: Values = { ...served, 'engine.kvUsage': 0.3 };
const LLAMA: AnalyseOptions = { model: 'meta-llama/Llama-3.1-8B' };
const UTIL = gpu({ 'gpu.util': 0.97, 'gpu.memUsed': 36e9 });

describe('tier A: an engine with a known model on a known GPU', () => {
  it('bytes from steps, weights and cache: 50 steps/s of 15.0 GB and 4000 tokens on an A100-40', () => {
    const { bottleneck, tier, shares, activity, evidence, grade, gradeWhy, headroom, split } = verdict([UTIL, vllm(SERVING)], LLAMA);
    expect({ bottleneck, tier, activity, evidence }).toEqual({ bottleneck: 'memory', tier: 'A', activity: 'decode', evidence: ['vllm'] });
    // (50 × (15.01 GB + 4000 × 131072 B) + 800 × 131072 B) ÷ (0.83 × 1555 GB/s)
    expect(shares.memory).toBeCloseTo(0.602, 3);
    expect(headroom).toBeCloseTo(1.66, 2);
    // (400 × 14.0 + 400 × 15.0 GFLOP) ÷ (0.869 × 312 TFLOP/s)
    expect(shares.compute).toBeCloseTo(0.043, 3);
    // A counter may read a fifth less than the model, and that would be no half of the time.
    expect(grade).toBe(0.5);
    expect(gradeWhy).toBe(
      'ceiling × coverage × margin = 0.85 × 1.00 × 0.91 = 0.77; at most 0.50: another label if memory, which is modelled, were a fifth less: so far may a counter be from it',
    );
    expect(split?.time?.prefill).toBeCloseTo(0.0207, 3);
    expect(split?.estimated).toBe(true);
  });
  it('is as sure as 0.95 where DCGM agrees within a quarter', () => {
    const seen = verdict([gpu({ 'gpu.grActive': 0.97, 'gpu.tensorActive': 0.05, 'gpu.dramActive': 0.56 }), vllm(SERVING)], LLAMA);
    expect(seen).toMatchObject({ bottleneck: 'memory', tier: 'A', grade: 0.95, evidence: ['dcgm', 'vllm'] });
    expect(seen.shares.memory).toBeCloseTo(0.7, 10);
  });
  it('a model that leaves something out explains a counter above it: nothing disagrees', () => {
    const { 'engine.kvTokens': _, 'engine.kvUsage': __, 'engine.requests': ___, ...open } = SERVING;
    const seen = verdict([gpu({ 'gpu.grActive': 0.97, 'gpu.tensorActive': 0.05, 'gpu.dramActive': 0.74 }), vllm(open)], LLAMA);
    expect(seen).toMatchObject({ bottleneck: 'memory', grade: 0.85 });
    expect(seen.gradeWhy).not.toContain('differ');
  });
  it('nvidia-smi’s memory utilisation on H100 is bandwidth with a hundredth on top', () => {
    const h100 = made('gpu', { node: 'n1', samples: 60, facts: { name: 'NVIDIA H100 80GB HBM3' }, values: { 'gpu.util': 0.97, 'gpu.memUtil': 0.61 } });
    const { shares, evidence } = verdict([h100, vllm(SERVING)], LLAMA);
    expect(shares.memory).toBeCloseTo(0.6, 10);
    expect(evidence).toEqual(['nvidia-smi', 'vllm']);
  });
  it('is capped at 0.6 where the counter and the model differ by more, and says so', () => {
    const { bottleneck, grade, gradeWhy } = verdict([gpu({ 'gpu.grActive': 0.97, 'gpu.tensorActive': 0.05, 'gpu.dramActive': 0.65 }), vllm(SERVING)], LLAMA);
    expect({ bottleneck, grade }).toEqual({ bottleneck: 'memory', grade: 0.6 });
    expect(gradeWhy).toContain('counter (81 %) and model (60 %) differ by more than 25 %');
  });
  it('uses the counter: a model that claims more than was read is the one that is wrong', () => {
    const { bottleneck, shares, gradeWhy } = verdict(
      [gpu({ 'gpu.grActive': 0.97, 'gpu.tensorActive': 0.05, 'gpu.dramActive': 0.2, 'gpu.fp32Active': 0 }), vllm(SERVING)],
      LLAMA,
    );
    expect(bottleneck).toBe('overhead');
    expect(shares.memory).toBeCloseTo(0.25, 10);
    expect(gradeWhy).toContain('the model is a lower bound, so the model, its data type or the step count is wrong');
  });
  it('running requests on an empty GPU are the host’s doing, without any host counter', () => {
    const slow = { ...SERVING, 'engine.steps': 10, 'engine.generationTokens': 82, 'engine.promptTokens': 80 };
    const { bottleneck, tier, grade, why, shares } = verdict([gpu({ 'gpu.util': 0.4, 'gpu.memUsed': 36e9 }), vllm(slow)], LLAMA);
    expect({ bottleneck, tier, grade }).toEqual({ bottleneck: 'host', tier: 'A', grade: 0.85 });
    expect(shares.host).toBeCloseTo(0.6, 10);
    expect(why[0]).toContain('requests were running while no kernel did');
  });
  it('remote reads of the cache for a third of the time are storage; less leaves the host', () => {
    const slow = { ...SERVING, 'engine.steps': 10, 'engine.generationTokens': 82, 'engine.promptTokens': 80 };
    const found = (part: number) => verdict([gpu({ 'gpu.util': 0.4, 'gpu.memUsed': 36e9 }), vllm({ ...slow, 'engine.remoteReadTime': part })], LLAMA);
    expect(found(0.33)).toMatchObject({ bottleneck: 'storage', evidence: ['nvidia-smi', 'lmcache'] });
    expect(found(0.32).bottleneck).toBe('host');
  });
  it('a server that fills its card at the start does not lack room, though it copies over PCIe', () => {
    const full = gpu({ ...DCGM, 'gpu.tensorActive': 0.2, 'gpu.dramActive': 0.5, 'gpu.memUsed': 40.9e9, 'gpu.pcieRx': 9e9, 'gpu.pcieTx': 9e9 });
    expect(verdict([full, vllm(SERVING)], LLAMA).bottleneck).toBe('memory');
  });
  it('prefill is compute: 15 thousand prompt tokens a second of an 8B model', () => {
    const { bottleneck, activity, shares } = verdict(
      [
        UTIL,
        vllm({
          'engine.running': 4,
          'engine.waiting': 0,
          'engine.promptTokens': 15_000,
          'engine.requests': 15,
          'engine.steps': 8,
          'engine.generationTokens': 30,
          'engine.kvTokens': 4000,
        }),
      ],
      LLAMA,
    );
    expect({ bottleneck, activity }).toEqual({ bottleneck: 'compute', activity: 'prefill' });
    expect(shares.compute).toBeCloseTo(0.8, 1);
  });
  it('a full cache with preemptions is capacity, with memory kept as second', () => {
    const full = { ...SERVING, 'engine.kvUsage': 0.97, 'engine.preemptions': 0.1, 'engine.waiting': 20 };
    expect(verdict([UTIL, vllm(full)], LLAMA)).toMatchObject({ bottleneck: 'capacity', second: 'memory', tier: 'A', grade: 0.85 });
  });
  it('the engine’s own analytic counters need no model', () => {
    const own = {
      'engine.running': 8,
      'engine.waiting': 0,
      'engine.generationTokens': 300,
      'engine.promptTokens': 10,
      'engine.flops': 10e12,
      'engine.readBytes': 900e9,
      'engine.writeBytes': 10e9,
    };
    expect(verdict([UTIL, vllm(own)])).toMatchObject({ bottleneck: 'memory', tier: 'A' });
  });
  it('no request at all is idle, as the engine says', () => {
    const rest = { 'engine.running': 0, 'engine.waiting': 0, 'engine.promptTokens': 0, 'engine.generationTokens': 0 };
    expect(verdict([gpu({ 'gpu.util': 0, 'gpu.memUsed': 36e9 }), vllm(rest)], LLAMA)).toMatchObject({
      bottleneck: 'idle',
      activity: 'idle',
      tier: 'A',
      grade: 0.85,
      headroom: null,
    });
  });
  it('FLOPs without a rate for the data type on this GPU give no compute share', () => {
    const t4 = made('gpu', { node: 'n1', samples: 60, facts: { name: 'Tesla T4' }, values: { 'gpu.util': 0.97, 'gpu.memTotal': 16106127360 } });
    const { shares } = verdict([t4, vllm(SERVING)], { model: 'llama-3.2-1b', dtype: 'bf16' });
    expect(shares.compute).toBeNull();
  });
});

describe('an engine whose model is not known', () => {
  it('is tier C and asks for the model', () => {
    const { tier, missing, bottleneck } = verdict([gpu({ 'gpu.util': 0.97, 'gpu.memUsed': 36e9 }), vllm(SERVING)]);
    expect({ tier, bottleneck }).toEqual({ tier: 'C', bottleneck: 'unknown' });
    expect(missing.join()).toContain('the model: its name, or its config.json');
  });
  it('still proves that empty time is the host’s, where there is more of it than of busy time', () => {
    expect(verdict([gpu({ 'gpu.util': 0.3, 'gpu.memUsed': 36e9 }), vllm(SERVING)])).toMatchObject({ bottleneck: 'host', tier: 'C', grade: 0.85 });
  });
  it('and says nothing where there is less', () => {
    const { bottleneck, candidates } = verdict([gpu({ 'gpu.util': 0.6, 'gpu.memUsed': 36e9 }), vllm(SERVING)]);
    expect(bottleneck).toBe('unknown');
    expect(candidates).toEqual(['host', 'memory', 'compute', 'overhead']);
  });
});

describe('a verdict that leans', () => {
  it('is graded one half at most: leaning is no label, however sure its counters are', () => {
    const { bottleneck, lean, grade, gradeWhy } = verdict([
      gpu({ 'gpu.grActive': 0.9, 'gpu.tensorActive': 0.1, 'gpu.dramActive': 0.3, 'gpu.fp32Active': 0.02 }),
    ]);
    expect({ bottleneck, lean, grade }).toEqual({ bottleneck: 'overhead', lean: 'memory', grade: 0.5 });
    expect(gradeWhy).toContain('it only leans this way');
  });
});
