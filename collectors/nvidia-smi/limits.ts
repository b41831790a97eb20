import { metric, type MetricId, type Unit } from '../../core/readings/index.ts';

export interface Range {
  readonly min: number;
  readonly max: number;
  /** As a person would say it. */
  readonly text: string;
}

/** What a value in SI can be at all: far above any card of today, far below a misread or corrupted cell. */
const BY_UNIT: Partial<Record<Unit, Range>> = {
  ratio: { min: 0, max: 1, text: '0 to 100 %' },
  bytes: { min: 0, max: 2 ** 42, text: '0 to 4 TiB' },
  'bytes/s': { min: 0, max: 4e12, text: '0 to 4 TB/s' },
  watts: { min: 0, max: 5000, text: '0 to 5000 W' },
  hertz: { min: 0, max: 2e10, text: '0 to 20 GHz' },
  celsius: { min: -50, max: 200, text: '-50 to 200 °C' },
  seconds: { min: 0, max: 3.2e9, text: '0 to 100 years' },
  joules: { min: 0, max: 1e15, text: '0 or more' },
  count: { min: 0, max: 2 ** 53, text: '0 or more' },
};

const OWN: Partial<Record<MetricId, Range>> = {
  'gpu.fan': { min: 0, max: 2, text: '0 to 200 %' }, // a fan may run above its nominal speed
  'gpu.pcieRx': { min: 0, max: 3e11, text: '0 to 300 GB/s (PCIe 7.0 x16)' }, // dmon prints terabytes per second now and then
  'gpu.pcieTx': { min: 0, max: 3e11, text: '0 to 300 GB/s (PCIe 7.0 x16)' },
  'gpu.pcieGen': { min: 1, max: 8, text: '1 to 8' },
  'gpu.pcieGenMax': { min: 1, max: 8, text: '1 to 8' },
  'gpu.pcieWidth': { min: 1, max: 32, text: '1 to 32' },
  'gpu.pcieWidthMax': { min: 1, max: 32, text: '1 to 32' },
  'process.gpuUtil': { min: 0, max: 1, text: '0 to 100 %' },
};

/** Measured pipe activities are quotients of counters and may exceed 1 by rounding. */
const ROUNDED = /Active$|Occupancy$/;

/** The values in SI that can be true of a metric; undefined where any can. */
export function rangeOf(id: MetricId): Range | undefined {
  const range = OWN[id] ?? BY_UNIT[metric(id).unit];
  return range !== undefined && ROUNDED.test(id) ? { ...range, max: 1.05 } : range;
}

/** True for a value inside the range. */
export function within(range: Range | undefined, value: number): boolean {
  return range === undefined || (value >= range.min && value <= range.max);
}
