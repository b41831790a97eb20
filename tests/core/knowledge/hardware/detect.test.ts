import { describe, expect, it } from 'vitest';
import { detectGpu, GPU_IDS, parseGpuId, type GpuId } from '../../../../core/knowledge/index.ts';

const MIB = 2 ** 20;

describe('a device name', () => {
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
  ];
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
    'NVIDIA H100 PCIe',
    'NVIDIA H100 NVL',
    'NVIDIA H200 NVL',
    'NVIDIA GH200 480GB',
    'NVIDIA H20',
    'NVIDIA L40S',
    'NVIDIA A10G',
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
  it('anything else is null', () => {
    expect(parseGpuId('RTX 4090')).toBeNull();
    expect(parseGpuId('constructor')).toBeNull();
    expect(parseGpuId('')).toBeNull();
  });
});
