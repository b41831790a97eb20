import type { Analysis } from '../../../core/contract/index.ts';
import { type GpuId, likelyGpus } from '../../../core/knowledge/index.ts';
import { formatValue, type MetricId, type Table } from '../../../core/readings/index.ts';

/** The types that unnamed cards may be, for a person to choose from. */
export interface Suggestion {
  /** What was seen, in words: `40960 MiB of memory, clocks up to 1410 MHz`. */
  readonly seen: string;
  /** What the tools call the card; null where they print no name. */
  readonly name: string | null;
  readonly gpus: readonly GpuId[];
}

/** As the tools that people compare with print it. */
const MIB = 2 ** 20;

/** What memory size and clocks say of GPUs whose type is not known; null where it is known, or nothing points at a card. */
export function suggestionOf(tables: readonly Table[], hardware: Analysis['hardware']): Suggestion | null {
  if (hardware.gpu !== null) return null;
  const gpus = tables.filter(({ entity }) => entity.kind === 'gpu');
  const most = (id: MetricId): number | null => {
    const values = gpus.flatMap(({ columns }) => [...(columns.get(id) ?? [])]).filter((value) => value > 0);
    return values.length === 0 ? null : values.reduce((top, value) => Math.max(top, value), 0);
  };
  const memoryTotal = most('gpu.memTotal');
  const clock = most('gpu.smClockMax') ?? most('gpu.smClock');
  const found = likelyGpus({ memoryTotal, memoryUsed: most('gpu.memUsed'), clock, powerLimit: most('gpu.powerLimit') });
  if (found.length === 0) return null;
  const parts = [
    memoryTotal === null ? null : `${Math.round(memoryTotal / MIB)} MiB of memory`,
    clock === null ? null : `clocks up to ${formatValue(clock, 'hertz')}`,
  ].filter((part) => part !== null);
  return { seen: parts.join(', '), name: gpus.map(({ facts }) => facts.get('name')).find((name) => name !== undefined) ?? null, gpus: found };
}
