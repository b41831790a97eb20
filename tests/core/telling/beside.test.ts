import { describe, expect, it } from 'vitest';
import type { Bottleneck } from '../../../core/contract/index.ts';
import type { Statement } from '../../../core/readings/index.ts';
import { besideVerdict } from '../../../core/telling/index.ts';

const profile = (figures: Readonly<Record<string, number>>): Statement => ({
  tool: 'nsys',
  says: [],
  figures: Object.entries(figures).map(([name, value]) => ({ name, value, unit: 'ratio' })),
  instead: null,
});
const beside = (bottleneck: Bottleneck, figures: Readonly<Record<string, number>>): string[] =>
  besideVerdict({ bottleneck }, [profile({ kernelTime: 0.1, gpuSpan: 0.5, ...figures })]);

describe('a result beside a verdict', () => {
  it.each<[string, Bottleneck, Record<string, number>, string]>([
    ['supports it', 'network', { 'kernelShare.collective': 0.412 }, 'nsys: 41 % of kernel time is collective communication (NCCL): supports network.'],
    [
      'speaks against it',
      'compute',
      { 'kernelShare.collective': 0.412 },
      'nsys: 41 % of kernel time is collective communication (NCCL): speaks against compute.',
    ],
    ['denies it', 'network', { 'kernelShare.collective': 0.02 }, 'nsys: 2 % of kernel time is collective communication (NCCL): speaks against network.'],
    [
      'points where nothing else could tell',
      'unknown',
      { 'kernelShare.collective': 0.5 },
      'nsys: 50 % of kernel time is collective communication (NCCL): points to network.',
    ],
    ['empty time supports host', 'host', { gpuIdle: 0.45 }, 'nsys: nothing ran on the GPU for 45 % of the time: supports host.'],
    ['empty time speaks against memory', 'memory', { gpuIdle: 0.45 }, 'nsys: nothing ran on the GPU for 45 % of the time: speaks against memory bandwidth.'],
    [
      'copies support transfer',
      'transfer',
      { 'copyShare.hostToDevice': 0.3 },
      'nsys: copies from host to GPU take 30 % of the GPU’s time: supports transfer (PCIe).',
    ],
    [
      'peaks of the profiled kernels',
      'memory',
      { 'ncu.dram': 0.85, 'ncu.kernels': 5 },
      'nsys: the profiled kernels reach 85 % of the peak DRAM throughput, weighted by time: supports memory bandwidth.',
    ],
    ['PCIe alone', 'network', { 'gpuPairs.withoutNvlink': 1 }, 'nsys: 100 % of the pairs of GPUs are joined by PCIe alone, without NVLink: supports network.'],
  ])('%s', (_what, bottleneck, figures, sentence) => {
    expect(beside(bottleneck, figures)).toEqual([sentence]);
  });

  it.each<[string, Bottleneck, Record<string, number>]>([
    ['a share between the limits says nothing', 'network', { 'kernelShare.collective': 0.249 }],
    ['nor just above the lower one', 'network', { 'kernelShare.collective': 0.051 }],
    ['a hundredth of a second of kernels does not speak for a run', 'network', { 'kernelShare.collective': 0.9, kernelTime: 0.099 }],
    ['nor a short stretch of its time', 'memory', { gpuIdle: 0.9, gpuSpan: 0.49 }],
    ['a profile of four kernels does not speak for a run', 'memory', { 'ncu.dram': 0.85, 'ncu.kernels': 4 }],
    ['a wiring points nowhere by itself', 'unknown', { 'gpuPairs.withoutNvlink': 1 }],
    ['empty time has many causes: it points to none', 'unknown', { gpuIdle: 0.9 }],
    ['little empty time does not deny overhead', 'overhead', { gpuIdle: 0.05 }],
    ['an unknown figure says nothing', 'host', { cpuEfficiency: 0.9 }],
  ])('%s', (_what, bottleneck, figures) => {
    expect(beside(bottleneck, figures)).toEqual([]);
  });

  it('at the exact limits it speaks', () => {
    expect(beside('network', { 'kernelShare.collective': 0.25 })).toHaveLength(1);
    expect(beside('network', { 'kernelShare.collective': 0.05 })).toHaveLength(1);
  });
});
