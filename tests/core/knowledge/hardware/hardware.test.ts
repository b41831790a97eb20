// Past the door of core/knowledge/hardware: every row of the tables is checked against its published source.
import { describe, expect, it } from 'vitest';
import {
  ACHIEVABLE,
  ALVIS_NODES,
  ceilingsFor,
  gemmFraction,
  GPU_IDS,
  GPUS,
  onTensorCores,
  pcieBytesPerSecond,
  ridge,
  type GpuId,
  type MathType,
} from '../../../../core/knowledge/index.ts';
import { SOURCES } from '../../../../core/knowledge/hardware/index.ts';

const TERA = 1e12;

describe('the hardware table', () => {
  // The course's table, row by row; null is its "N/A".
  const course: readonly [MathType, ...(number | null)[]][] = [
    ['fp64', 9.7, 0.58, 7.8, 0.25],
    ['fp64_tensor', 19.5, null, null, null],
    ['fp32', 19.5, 37.4, 15.7, 8.1],
    ['tf32', 156, 74.8, null, null],
    ['fp16', 312, 149.7, 125, 65],
    ['bf16', 312, 149.7, null, null],
    ['int8', 624, 299.3, 64, 130],
    ['int4', 1248, 598.7, null, 260],
  ];
  const columns: readonly GpuId[] = ['A100-40', 'A40', 'V100-16', 'T4'];
  for (const [type, ...cells] of course) {
    it(`gives the course's ${type} peaks, "not available" as null`, () => {
      const seen = columns.map((gpu) => GPUS[gpu].peaks[type]);
      expect(seen.map((rate) => (rate === null ? null : Number((rate / TERA).toFixed(3))))).toEqual(cells);
    });
  }

  it('has the slower peaks of the V100 PCIe card', () => {
    const { fp64, fp32, fp16 } = GPUS['V100-PCIE-16'].peaks;
    expect([fp64, fp32, fp16]).toEqual([7.0e12, 14.0e12, 112e12]);
  });

  it('has memory bandwidth, power and links of every Alvis card', () => {
    const row = (gpu: GpuId) => [GPUS[gpu].bandwidth, GPUS[gpu].powerLimit, GPUS[gpu].pcie.generation, GPUS[gpu].nvlink?.duplex ?? null];
    expect(row('A100-40')).toEqual([1555e9, 400, 4, 600e9]);
    expect(row('A100-80')).toEqual([2039e9, 400, 4, 600e9]);
    expect(row('A100-PCIE-80')).toEqual([1935e9, 300, 4, 600e9]);
    expect(row('A40')).toEqual([696e9, 300, 4, 112.5e9]);
    expect(row('V100-16')).toEqual([900e9, 300, 3, 300e9]);
    expect(row('V100-PCIE-32')).toEqual([900e9, 250, 3, null]);
    expect(row('T4')).toEqual([320e9, 70, 3, null]);
    expect(row('H100-64')).toEqual([1631e9, 700, 5, 900e9]);
  });

  // Data sheets and white papers, dense: BF16, FP8, INT8 (T/s), bandwidth (GB/s), power, PCIe, NVLink (GB/s, both directions).
  const sheets: readonly [GpuId, number, number | null, number, number, number, number, number | null][] = [
    ['L40S', 362.05, 733, 733, 864, 350, 4, null],
    ['L40', 181.05, 362, 362, 864, 300, 4, null],
    ['L4', 121, 242.5, 242.5, 300, 72, 4, null],
    ['RTX-6000-ADA', 364.2, 728.5, 728.5, 960, 300, 4, null],
    ['A10', 125, null, 250, 600, 150, 4, null],
    ['A10G', 70, null, 140, 600, 300, 4, null],
    ['A30', 165, null, 330, 933, 165, 4, 200],
    ['H100-PCIE', 756, 1513, 1513, 2039, 350, 5, 600],
    ['H100-NVL', 835.5, 1670.5, 1670.5, 3938, 400, 5, 600],
    ['H200', 989.4, 1978.9, 1978.9, 4800, 700, 5, 900],
    ['H200-NVL', 835.5, 1670.5, 1670.5, 4800, 600, 5, 900],
    ['H20', 148, 296, 296, 4000, 400, 5, 900],
    ['GH200-96', 989.4, 1978.9, 1978.9, 4000, 1000, 5, 900],
    ['GH200-144', 989.4, 1978.9, 1978.9, 4900, 1000, 5, 900],
    ['B200', 2250, 4500, 4500, 8000, 1000, 5, 1800],
    ['GB10', 125, 250, 250, 273, 140, 5, null],
  ];
  it.each(sheets)('has the limits of %s that its data sheet gives without sparsity', (gpu, bf16, fp8, int8, bandwidth, watts, generation, nvlink) => {
    const { peaks, bandwidth: bytes, powerLimit, pcie, nvlink: link } = GPUS[gpu];
    const tera = (rate: number | null) => (rate === null ? null : rate / TERA);
    expect([tera(peaks.bf16), tera(peaks.fp8), tera(peaks.int8), bytes / 1e9, powerLimit, pcie.generation, link === null ? null : link.duplex / 1e9]).toEqual([
      bf16,
      fp8,
      int8,
      bandwidth,
      watts,
      generation,
      nvlink,
    ]);
  });

  it.each<[GpuId, number, number, number, number]>([
    ['RTX-3090', 71, 1695, 936, 350],
    ['RTX-4090', 165.2, 2520, 1008, 450],
    ['RTX-5090', 209.5, 2407, 1792, 575],
  ])('%s has the white paper’s BF16 at the white paper’s clock, and more at its highest', (gpu, bf16, mhz, bandwidth, watts) => {
    const { peaks, boostClock, bandwidth: bytes, powerLimit, halfSumPeak } = GPUS[gpu];
    expect((((peaks.bf16 ?? 0) / TERA) * mhz * 1e6) / boostClock).toBeCloseTo(bf16, 1);
    expect([bytes / 1e9, powerLimit]).toEqual([bandwidth, watts]);
    expect((halfSumPeak ?? 0) / (peaks.fp16 ?? 1)).toBeCloseTo(2, 2);
  });

  it('RTX A6000 has the data sheet’s BF16 at 1800 MHz, and more at the 2100 MHz that its driver reports', () => {
    const { peaks, boostClock, bandwidth, powerLimit, nvlink } = GPUS.A6000;
    expect((((peaks.bf16 ?? 0) / TERA) * 1800e6) / boostClock).toBeCloseTo(154.8, 1);
    expect((((peaks.int8 ?? 0) / TERA) * 1800e6) / boostClock).toBeCloseTo(309.7, 1);
    expect([bandwidth / 1e9, powerLimit, nvlink?.duplex, boostClock / 1e6]).toEqual([768, 300, 112.5e9, 2100]);
  });

  // Multiprocessors, FP32 units of one, 16-bit tensor operations of one in a clock, the MHz at which the data sheet prints the tensor rate.
  const chips: readonly [GpuId, number, number, number, number][] = [
    ['V100-16', 80, 64, 1024, 1530],
    ['T4', 40, 64, 1024, 1590],
    ['A100-40', 108, 64, 2048, 1410],
    ['A100-PCIE-80', 108, 64, 2048, 1410],
    ['A30', 56, 64, 2048, 1440],
    ['A40', 84, 128, 1024, 1740],
    ['A10', 72, 128, 1024, 1695],
    ['A10G', 80, 128, 512, 1710],
    ['A6000', 84, 128, 1024, 2100],
    ['RTX-3090', 82, 128, 512, 2100],
    ['L4', 58, 128, 1024, 2040],
    ['L40', 142, 128, 512, 2490],
    ['L40S', 142, 128, 1024, 2490],
    ['RTX-6000-ADA', 142, 128, 1024, 2505],
    ['RTX-4090', 128, 128, 512, 3105],
    ['H100-80', 132, 128, 4096, 1830],
    ['H200', 132, 128, 4096, 1830],
    ['GH200-96', 132, 128, 4096, 1830],
    ['H100-PCIE', 114, 128, 4096, 1620],
    ['H100-NVL', 132, 128, 4096, 1545],
    ['B200', 148, 128, 8192, 1856],
    ['RTX-5090', 170, 128, 512, 3090],
    ['GB10', 48, 128, 1024, 2523],
  ];
  it.each(chips)(
    '%s: multiprocessors × operations × clock give its peaks, FP32 at the highest clock, and none needs a higher one',
    (gpu, sms, units, tensor, mhz) => {
      const { peaks, boostClock } = GPUS[gpu];
      expect((sms * tensor * mhz * 1e6) / (peaks.fp16 ?? 0)).toBeCloseTo(1, 1.7);
      expect((sms * units * 2 * boostClock) / peaks.fp32).toBeCloseTo(1, 1.7);
      expect(mhz * 1e6).toBeLessThanOrEqual(boostClock);
    },
  );

  it('knows which GPUs share memory with a CPU, or reach it over a chip-to-chip link', () => {
    const kinds = GPU_IDS.flatMap((id) => (GPUS[id].unified === null ? [] : [[id, GPUS[id].unified?.kind]]));
    expect(kinds).toEqual([
      ['GH200-96', 'coherent'],
      ['GH200-144', 'coherent'],
      ['GB10', 'shared'],
    ]);
  });

  it('has no peak of a type that a slower one of the same card passes', () => {
    for (const id of GPU_IDS) {
      const { fp16, bf16, fp8, int8, tf32 } = GPUS[id].peaks;
      expect(
        [bf16 === null || bf16 === fp16, fp8 === null || fp16 === null || fp8 > fp16, tf32 === null || fp16 === null || tf32 < fp16, int8 !== null],
        id,
      ).toEqual([true, true, true, true]);
    }
  });

  it('names a known source for every number of every card, and marks what was inferred', () => {
    for (const id of GPU_IDS) {
      for (const source of Object.values(GPUS[id].sources)) expect(Object.keys(SOURCES)).toContain(source);
    }
    expect(GPUS['H100-64'].sources.bandwidth).toBe('inferred');
    expect(GPUS['H100-64'].sources.powerLimit).toBe('inferred');
  });

  it('gives half of the duplex figure as one direction of NVLink', () => {
    expect(GPUS['A100-40'].nvlink?.oneWay).toBe(300e9);
    expect(GPUS['V100-16'].nvlink?.oneWay).toBe(150e9);
    expect(GPUS.A40.nvlink).toEqual({ duplex: 112.5e9, oneWay: 56.25e9, links: 4, reach: 'pair' });
  });

  it('trusts utilization.memory as a scale on H100 alone', () => {
    expect(GPU_IDS.filter((id) => GPUS[id].memoryUtilizationCalibrated !== null).sort()).toEqual(['A100-80', 'H100-64', 'H100-80']);
  });

  it('knows that INT8 is no tensor type on V100 and BF16 is missing there', () => {
    expect(onTensorCores('V100-16', 'int8')).toBe(false);
    expect(onTensorCores('V100-16', 'fp16')).toBe(true);
    expect(onTensorCores('V100-16', 'bf16')).toBe(false);
    expect(onTensorCores('T4', 'int8')).toBe(true);
    expect(onTensorCores('A100-40', 'fp32')).toBe(false);
    expect(onTensorCores('A100-40', 'tf32')).toBe(true);
  });
});

describe('ridge points', () => {
  const table: readonly [MathType, ...(readonly [GpuId, number | null])[]][] = [
    ['fp16', ['A100-40', 201], ['A100-80', 153], ['A40', 215], ['V100-16', 139], ['V100-PCIE-16', 124], ['T4', 203]],
    ['bf16', ['A100-40', 201], ['A100-80', 153], ['A40', 215], ['V100-16', null], ['T4', null]],
    ['tf32', ['A100-40', 100], ['A100-80', 77], ['A40', 107], ['V100-16', null], ['T4', null]],
    ['int8', ['A100-40', 401], ['A100-80', 306], ['A40', 430], ['T4', 406]],
  ];
  for (const [type, ...cells] of table) {
    for (const [gpu, flopPerByte] of cells) {
      it(`is ${flopPerByte ?? 'unknown'} for ${type} on ${gpu}`, () => {
        const value = ridge(gpu, type);
        expect(value === null ? null : Math.round(value)).toBe(flopPerByte);
      });
    }
  }
  it('is 12.5, 9.6, 53.7, 17.4 and 25.3 for FP32 on CUDA cores', () => {
    const gpus: readonly GpuId[] = ['A100-40', 'A100-80', 'A40', 'V100-16', 'T4'];
    expect(gpus.map((gpu) => ridge(gpu, 'fp32')?.toFixed(1))).toEqual(['12.5', '9.6', '53.7', '17.4', '25.3']);
  });
});

describe('ceilings of one card', () => {
  it("are the table's when the card reports nothing", () => {
    const ceilings = ceilingsFor('A100-80');
    expect(ceilings.powerLimit).toBe(400);
    expect(ceilings.memoryBytes).toBe(85899345920);
    expect(ceilings.reported).toEqual([]);
  });
  it("take the card's own report: an A100fat with a 500 W limit behind PCIe 3", () => {
    const ceilings = ceilingsFor('A100-80', { memoryTotal: 85_000_000_000, powerLimit: 500, pcieGen: 3, pcieWidth: 8 });
    expect(ceilings.powerLimit).toBe(500);
    expect(ceilings.memoryBytes).toBe(85_000_000_000);
    expect(ceilings.pcie.bytesPerSecond).toBeCloseTo(7.877e9, -6);
    expect(ceilings.reported).toEqual(['memoryBytes', 'powerLimit', 'pcie']);
  });
  it('ignore a report that no card can mean', () => {
    const ceilings = ceilingsFor('T4', { powerLimit: 0, memoryTotal: Number.NaN, pcieGen: 9 });
    expect(ceilings.powerLimit).toBe(70);
    expect(ceilings.pcie.bytesPerSecond).toBe(15.754e9);
    expect(ceilings.reported).toEqual([]);
  });
});

describe('PCIe', () => {
  it.each([
    [1, 16, 4.0e9],
    [2, 16, 8.0e9],
    [3, 16, 15.754e9],
    [4, 16, 31.508e9],
    [4, 8, 15.754e9],
    [5, 16, 63.015e9],
  ])('generation %i with %i lanes moves %d bytes/s one way', (generation, lanes, rate) => {
    expect(pcieBytesPerSecond(generation, lanes)).toBeCloseTo(rate, -7);
  });
  it('is unknown for a generation or width that does not exist', () => {
    expect(pcieBytesPerSecond(0, 16)).toBeNull();
    expect(pcieBytesPerSecond(4, 0)).toBeNull();
  });
});

describe('achievable fractions', () => {
  it('are the published ones, each with its source', () => {
    expect(ACHIEVABLE.tensorCounter.value).toBe(0.87);
    expect(ACHIEVABLE.dramCounter.value).toBe(0.8);
    expect(ACHIEVABLE.nvlink.value).toBe(0.8);
    expect(gemmFraction('A100-40').value).toBe(0.869);
    expect(gemmFraction('A100-PCIE-80').value).toBe(0.811);
    expect(gemmFraction('V100-16').value).toBe(0.769);
    expect(gemmFraction('H100-80').value).toBe(0.83);
    expect(gemmFraction('T4')).toBe(ACHIEVABLE.tensorGemmSxm);
    for (const id of GPU_IDS) {
      expect(gemmFraction(id).value, id).toBeGreaterThan(0.5);
      expect(gemmFraction(id).value, id).toBeLessThan(1);
    }
    for (const { value, source } of Object.values(ACHIEVABLE)) {
      expect(value).toBeGreaterThan(0);
      expect(value).toBeLessThan(1);
      expect(source.length).toBeGreaterThan(20);
    }
  });
});

describe('Alvis', () => {
  it('has 892 GPUs on 209 nodes: 160 T4, 44 V100, 348 A40, 308 A100, 32 A100fat', () => {
    const gpus = ALVIS_NODES.map((node) => [node.id, node.nodes * node.gpusPerNode]);
    expect(gpus).toEqual([
      ['T4', 160],
      ['V100x2', 24],
      ['V100x4', 20],
      ['A40', 348],
      ['A100', 308],
      ['A100fat', 32],
    ]);
    expect(ALVIS_NODES.reduce((sum, node) => sum + node.nodes, 0)).toBe(209);
  });
  it('has InfiniBand on A100 nodes alone and says that scratch sizes are not published', () => {
    expect(ALVIS_NODES.filter((node) => node.networks[0].kind === 'infiniband').map((node) => node.id)).toEqual(['A100', 'A100fat']);
    expect(ALVIS_NODES.every((node) => node.scratchBytes === null)).toBe(true);
  });
});
