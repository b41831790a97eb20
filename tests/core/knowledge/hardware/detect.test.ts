import { describe, expect, it } from 'vitest';
import { detectGpu, GPU_IDS, GPUS, parseGpuId, type GpuId } from '../../../../core/knowledge/index.ts';

const MIB = 2 ** 20;

/** What tools print, and the row that it is. */
const named: readonly [string, GpuId][] = [
  ['NVIDIA A100-SXM4-40GB', 'A100-40'],
  ['A100-SXM4-40GB', 'A100-40'],
  ['NVIDIA A100-SXM4-80GB', 'A100-80'],
  ['NVIDIA A100-SXM-80GB', 'A100-80'],
  ['NVIDIA A100-PCIE-40GB', 'A100-PCIE-40'],
  ['NVIDIA A100 80GB PCIe', 'A100-PCIE-80'],
  ['A100 80GB PCIe', 'A100-PCIE-80'],
  ['NVIDIA A40', 'A40'],
  ['Tesla V100-SXM2-16GB', 'V100-16'],
  ['Tesla V100-SXM2-32GB', 'V100-32'],
  ['Tesla V100-PCIE-16GB', 'V100-PCIE-16'],
  ['Tesla V100-PCIE-32GB', 'V100-PCIE-32'],
  ['Tesla T4', 'T4'],
  [' nvidia  tesla t4 ', 'T4'],
  ['NVIDIA H100 80GB HBM3', 'H100-80'],
  ['NVIDIA H100 64GB HBM2e', 'H100-64'],
  ['NVIDIA H100 64GB HBM2', 'H100-64'],
  ['NVIDIA H200', 'H200'],
  ['NVIDIA H100 PCIe', 'H100-PCIE'],
  ['NVIDIA H100 NVL', 'H100-NVL'],
  ['NVIDIA H200 NVL', 'H200-NVL'],
  ['NVIDIA H20', 'H20'],
  ['NVIDIA GH200 480GB', 'GH200-96'],
  ['NVIDIA GH200 120GB', 'GH200-96'],
  ['NVIDIA GH200 144G HBM3e', 'GH200-144'],
  ['NVIDIA B200', 'B200'],
  ['NVIDIA GB10', 'GB10'],
  ['NVIDIA A10', 'A10'],
  ['NVIDIA A10G', 'A10G'],
  ['NVIDIA A30', 'A30'],
  ['NVIDIA RTX A6000', 'A6000'],
  ['NVIDIA L40S', 'L40S'],
  ['NVIDIA L40', 'L40'],
  ['NVIDIA L4', 'L4'],
  ['NVIDIA RTX 6000 Ada Generation', 'RTX-6000-ADA'],
  ['NVIDIA GeForce RTX 3090', 'RTX-3090'],
  ['NVIDIA GeForce RTX 4090', 'RTX-4090'],
  ['NVIDIA GeForce RTX 5090', 'RTX-5090'],
];

describe('a device name', () => {
  it.each(named)('%s is %s', (name, id) => {
    expect(detectGpu(name)).toBe(id);
  });

  const sized: readonly [string, number, GpuId][] = [
    ['NVIDIA H100', 65247, 'H100-64'],
    ['NVIDIA H100', 81559, 'H100-80'],
    ['Tesla V100-SXM2', 16160, 'V100-16'],
    ['Tesla V100-SXM2', 32510, 'V100-32'],
    ['NVIDIA A100-SXM...', 40536, 'A100-40'],
    ['NVIDIA A100-SXM...', 81251, 'A100-80'],
    ['NVIDIA A100-PCI...', 40960, 'A100-PCIE-40'],
    ['NVIDIA A100 80G...', 81920, 'A100-PCIE-80'],
    ['Tesla V100-SXM2...', 32768, 'V100-32'],
    ['NVIDIA A40', 45634, 'A40'],
    ['NVIDIA A40', 48685, 'A40'],
    ['NVIDIA GH200 480GB', 97871, 'GH200-96'],
    ['NVIDIA L40S', 46068, 'L40S'],
    ['NVIDIA L4', 23034, 'L4'],
    ['NVIDIA RTX A6000', 49140, 'A6000'],
    ['NVIDIA GeForce RTX 4090', 24564, 'RTX-4090'],
    ['Tesla T4', 15109, 'T4'],
    ['Tesla T4', 16127, 'T4'],
  ];
  it.each(sized)('%s with %i MiB is %s', (name, mib, id) => {
    expect(detectGpu(name, mib * MIB)).toBe(id);
  });

  it('is tried above for every type of the table', () => {
    expect([...new Set([...named.map(([, id]) => id), ...sized.map(([, , id]) => id)])].sort()).toEqual([...GPU_IDS].sort());
  });

  const unknown: readonly string[] = [
    '',
    'N/A',
    'NVIDIA A100',
    'NVIDIA H100',
    'Tesla V100-SXM2',
    'NVIDIA A100-SXM...',
    'NVIDIA A800-SXM4-80GB',
    'NVIDIA A100-SXM-64GB',
    'Tesla V100S-PCIE-32GB',
    'Tesla V100-SXM3-32GB',
    'Tesla V100-FHHL-16GB',
    'NVIDIA T400 4GB',
    'NVIDIA T4G',
    'NVIDIA A40-48Q',
    'NVIDIA A4000',
    'NVIDIA H20-3e',
    'NVIDIA H800 PCIe',
    'NVIDIA L40G',
    'NVIDIA L40S-48Q',
    'NVIDIA A10M',
    'NVIDIA A10-24Q',
    'NVIDIA GB200',
    'NVIDIA B200 MIG 1g.23gb',
    'NVIDIA RTX A6000-48Q',
    'NVIDIA GeForce RTX 4090 D',
    'NVIDIA GeForce RTX 4090 Laptop GPU',
    'NVIDIA GeForce RTX 5090 Laptop GPU',
    'NVIDIA GeForce RTX 3090 Ti',
    'NVIDIA A100-SXM4-40GB MIG 1g.5gb',
    'GRID A100-4C',
    'Quadro RTX 6000',
    'NVIDIA GeForce RTX 2080 SUPER',
    'toString',
  ];
  it.each(unknown)('"%s" is not guessed at', (name) => {
    expect(detectGpu(name)).toBeNull();
  });

  it('whose memory size disagrees is a slice or another part: unknown', () => {
    expect(detectGpu('NVIDIA A100-SXM4-40GB', 4864 * MIB)).toBeNull();
    expect(detectGpu('NVIDIA A40', 24576 * MIB)).toBeNull();
    expect(detectGpu('NVIDIA H100', 40448 * MIB)).toBeNull();
    expect(detectGpu('NVIDIA H20', 143771 * MIB)).toBeNull();
    expect(detectGpu('NVIDIA GeForce RTX 3090', 12288 * MIB)).toBeNull();
  });
});

describe('a GPU named by a person', () => {
  it.each(GPU_IDS)('%s is accepted in any case', (id) => {
    expect(parseGpuId(id)).toBe(id);
    expect(parseGpuId(` ${id.toLowerCase()} `)).toBe(id);
  });
  it('V100 is decided by the memory size, and is the smaller card without one', () => {
    expect(parseGpuId('V100')).toBe('V100-16');
    expect(parseGpuId('v100', 16160 * MIB)).toBe('V100-16');
    expect(parseGpuId('V100', 32510 * MIB)).toBe('V100-32');
    expect(parseGpuId('V100', 40960 * MIB)).toBeNull();
  });
  it('H100 is the common card without a size', () => {
    expect(parseGpuId('H100')).toBe('H100-80');
  });
  it("Slurm's names on Alvis are accepted", () => {
    expect(['A100', 'A100fat', 'A40', 'V100', 'T4'].map((name) => parseGpuId(name))).toEqual(['A100-40', 'A100-80', 'A40', 'V100-16', 'T4']);
  });
  it('device names and sizes written with GB are accepted', () => {
    expect(parseGpuId('NVIDIA A100-SXM4-40GB')).toBe('A100-40');
    expect(parseGpuId('A100 80GB')).toBe('A100-80');
    expect(parseGpuId('h100', 65247 * MIB)).toBe('H100-64');
  });
  it.each(named)('%s, as a tool prints it, means the same as the id that detection gives', (name, id) => {
    expect(parseGpuId(name)).toBe(id);
    expect(parseGpuId(detectGpu(name) ?? '')).toBe(id);
  });
  it.each(GPU_IDS)('the label of %s is accepted, as pages show it', (id) => {
    expect(parseGpuId(GPUS[id].label)).toBe(id);
  });
  it.each<[string, GpuId]>([
    ['RTX 4090', 'RTX-4090'],
    ['4090', 'RTX-4090'],
    ['rtx_4090', 'RTX-4090'],
    ['GeForce RTX 5090', 'RTX-5090'],
    ['rtx3090', 'RTX-3090'],
    ['h100 pcie', 'H100-PCIE'],
    ['H100-NVL', 'H100-NVL'],
    ['GH200', 'GH200-96'],
    ['GH200 144GB', 'GH200-144'],
    ['RTX A6000', 'A6000'],
    ['RTX 6000 Ada', 'RTX-6000-ADA'],
    ['L40s', 'L40S'],
    ['DGX Spark', 'GB10'],
  ])('%s is written for %s', (text, id) => {
    expect(parseGpuId(text)).toBe(id);
  });
  it('anything else is null', () => {
    expect(parseGpuId('RTX 4060')).toBeNull();
    expect(parseGpuId('constructor')).toBeNull();
    expect(parseGpuId('')).toBeNull();
  });
});
