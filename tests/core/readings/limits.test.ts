import { describe, expect, it } from 'vitest';
import { formatLimits, isMetricId, METRIC_IDS, metric, type MetricId, plausible, rounded, type Unit } from '../../../core/readings/index.ts';

/** Of each unit a metric that has no limits of its own: greatest and least value, and the nearest ones that are none. */
const BY_UNIT: Record<Unit, [id: MetricId, below: number, least: number, most: number, above: number]> = {
  ratio: ['gpu.util', -0.0001, 0, 1.05, 1.0501],
  bytes: ['host.diskRead', -1, 0, 18_446_744_073_709_551_616, 18_446_744_073_709_556_000],
  'bytes/s': ['host.netRxRate', -1, 0, 10_000_000_000_000, 10_000_000_000_001],
  watts: ['gpu.power', -0.01, 0, 5000, 5000.01],
  joules: ['gpu.energy', -0.001, 0, 20_000_000_000_000, 20_000_000_000_000.01],
  hertz: ['gpu.smClock', -1, 0, 20_000_000_000, 20_000_000_001],
  celsius: ['gpu.temp', -60.1, -60, 200, 200.1],
  seconds: ['host.cpuTime', -0.000001, 0, 10_000_000_000_000, 10_000_000_000_000.01],
  count: ['engine.running', -1, 0, 18_446_744_073_709_551_616, 18_446_744_073_709_556_000],
  'tokens/s': ['engine.generationRate', -0.001, 0, 10_000_000_000, 10_000_000_001],
  '1/s': ['engine.stepRate', -0.001, 0, 10_000_000_000, 10_000_000_001],
  flop: ['engine.flops', -1, 0, 1e30, 1.0001e30],
  'flop/s': ['engine.trainFlopRate', -1, 0, 1e18, 1.0001e18],
};

/** Metrics whose row has limits of its own. */
const OWN: [id: MetricId, below: number, least: number, most: number, above: number][] = [
  ['gpu.memUsed', -1, 0, 4_398_046_511_104, 4_398_046_511_105],
  ['gpu.memTotal', -1, 0, 4_398_046_511_104, 4_398_046_511_105],
  ['gpu.memReserved', -1, 0, 4_398_046_511_104, 4_398_046_511_105],
  ['process.gpuMem', -1, 0, 4_398_046_511_104, 4_398_046_511_105],
  ['host.memUsed', -1, 0, 1_125_899_906_842_624, 1_125_899_906_842_625],
  ['host.memTotal', -1, 0, 1_125_899_906_842_624, 1_125_899_906_842_625],
  ['host.swapUsed', -1, 0, 1_125_899_906_842_624, 1_125_899_906_842_625],
  ['process.rss', -1, 0, 1_125_899_906_842_624, 1_125_899_906_842_625],
  ['gpu.fan', -0.01, 0, 2, 2.01],
  ['gpu.pcieRx', -1, 0, 300_000_000_000, 300_000_000_001],
  ['gpu.pcieTx', -1, 0, 300_000_000_000, 300_000_000_001],
  ['gpu.nvlinkRx', -1, 0, 4_000_000_000_000, 4_000_000_000_001],
  ['gpu.nvlinkTx', -1, 0, 4_000_000_000_000, 4_000_000_000_001],
  ['gpu.pcieGen', 0, 1, 8, 9],
  ['gpu.pcieGenMax', 0, 1, 8, 9],
  ['gpu.pcieWidth', 0, 1, 32, 33],
  ['gpu.pcieWidthMax', 0, 1, 32, 33],
  ['gpu.capPowerTime', -1, 0, 3_200_000_000, 3_200_000_001],
  ['gpu.capThermalTime', -1, 0, 3_200_000_000, 3_200_000_001],
  ['gpu.capBrakeTime', -1, 0, 3_200_000_000, 3_200_000_001],
  ['host.cpuMaxCore', -0.01, 0, 2, 2.01],
  ['host.cpuMaxThread', -0.01, 0, 2, 2.01],
  ['host.diskBusy', -0.01, 0, 2, 2.01],
  ['process.maxThread', -0.01, 0, 2, 2.01],
  ['process.cpu', -0.01, 0, 10_000, 10_000.01],
  ['process.gpuUtil', -0.01, 0, 17, 17.01],
  ['engine.trainLoss', -1_000_000_000_001, -1_000_000_000_000, 1_000_000_000_000, 1_000_000_000_001],
];

describe('what a value may be', () => {
  it.each([...Object.values(BY_UNIT), ...OWN])('%s: not %s, from %s to %s, not %s', (id, below, least, most, above) => {
    expect([below, least, most, above].map((value) => plausible(id, value))).toEqual([false, true, true, false]);
    expect([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY].some((value) => plausible(id, value))).toBe(false);
  });

  it('is its unit’s but for the metrics that are tried above', () => {
    const own = METRIC_IDS.filter((id) => metric(id).least !== undefined || metric(id).most !== undefined);
    expect(own.sort()).toEqual(OWN.map(([id]) => id).sort());
  });

  it('is said in words', () => {
    expect([formatLimits('gpu.fan'), formatLimits('gpu.power'), formatLimits('gpu.temp')]).toEqual(['0 to 200 %', '0 to 5000 W', '-60 °C to 200 °C']);
  });
});

describe('the decimals that mean something', () => {
  it.each([
    ['gpu.util', 0.864_35, 0.8644],
    ['gpu.power', 301.575_1, 301.58],
    ['gpu.energy', 12.345_67, 12.346],
    ['host.psiIoTime', 1.234_567_89, 1.234_568],
    ['engine.trainLoss', 0.000_000_123_4, 0.000_000_123],
    ['gpu.memUsed', 1024.4, 1024],
  ])('of %s: %s is kept as %s', (id, value, kept) => {
    if (!isMetricId(id)) throw new Error(id);
    expect(rounded(id, value)).toBe(kept);
  });

  it('leave a zero without a sign, and what is absent absent', () => {
    expect(Object.is(rounded('gpu.util', -0.000_001), 0)).toBe(true);
    expect(rounded('gpu.util', Number.NaN)).toBeNaN();
  });
});
