import { performance } from 'node:perf_hooks';
import type { Collector } from '../collectors/collector/index.ts';
import { collectors } from '../collectors/registry.ts';
import { gpuTexts, type TextSource } from './support/texts-gpu.ts';
import { hostTexts } from './support/texts-host.ts';
import { metricTexts } from './support/texts-metrics.ts';

/** One line of the benchmark's report. */
export interface CollectorRow {
  readonly collector: string;
  /** Null where this file has no text for a collector. */
  readonly megabytesPerSecond: number | null;
  readonly values: number;
  readonly rejected: number;
}

const TEXTS: Readonly<Record<string, TextSource>> = { ...gpuTexts, ...hostTexts, ...metricTexts };
/** As a file is read and a network delivers. */
const PIECE = 64 * 1024;

/**
 * Parse speed of every collector in the registry, on one core: megabytes (10^6 characters) per second, the best of three runs over
 * `megabytes` of synthetic text in pieces of 64 KiB. Values are counted, so that a parser that gives up early shows.
 */
export function collectorRows({ megabytes = 4, only }: { megabytes?: number; only?: string } = {}): CollectorRow[] {
  return collectors
    .filter(({ id }) => only === undefined || id === only)
    .map((collector) => {
      const source = TEXTS[collector.id];
      if (source === undefined) return { collector: collector.id, megabytesPerSecond: null, values: 0, rejected: 0 };
      const text = textOf(source, megabytes * 1e6);
      const runs = [0, 1, 2].map(() => run(collector, text));
      const [first] = runs;
      const seconds = Math.min(...runs.map((one) => one.seconds));
      return {
        collector: collector.id,
        megabytesPerSecond: text.length / 1e6 / seconds,
        values: first?.values ?? Number.NaN,
        rejected: first?.rejected ?? Number.NaN,
      };
    });
}

function textOf({ head, sample }: TextSource, length: number): string {
  const parts = head === undefined ? [] : [head];
  for (let n = 0, made = 0; made < length; n += 1) {
    const part = sample(n);
    parts.push(part);
    made += part.length;
  }
  return parts.join('');
}

function run(collector: Collector, text: string): { seconds: number; values: number; rejected: number } {
  const session = collector.open({ node: 'n1' });
  let values = 0;
  let rejected = 0;
  const count = (batch: ReturnType<typeof session.feed>): void => {
    for (const reading of batch.readings) values += Object.keys(reading.values).length;
    rejected += batch.rejected.length;
  };
  const begin = performance.now();
  for (let at = 0; at < text.length; at += PIECE) count(session.feed(text.slice(at, at + PIECE)));
  count(session.end());
  return { seconds: (performance.now() - begin) / 1000, values, rejected };
}
