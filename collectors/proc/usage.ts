import { HOT_THREAD } from '../../core/readings/index.ts';
import type { PidIo, PidStat } from './pid.ts';
import { maxOf, put, type Values } from '../text/index.ts';

/** One process as it was read at one instant. */
export interface ProcessSample {
  /** Seconds on a steady clock. */
  readonly at: number;
  readonly stat: PidStat;
  readonly io?: PidIo;
  /** Cumulative CPU seconds by thread id, of the threads that were read. */
  readonly threads?: ReadonlyMap<number, number>;
}

export interface ProcessUsage {
  readonly values: Values;
  /** CPU of each thread between the two samples, in cores. */
  readonly threads: ReadonlyMap<number, number>;
}

/**
 * A process's values now; CPU needs the sample before and is absent without it, or where the pid went to another process meanwhile.
 * `process.cpu` is in cores: 1 is one core.
 */
export function processUsage(now: ProcessSample, before?: ProcessSample): ProcessUsage {
  const values: Values = {};
  put(values, 'process.threads', now.stat.threads);
  put(values, 'process.rss', now.stat.rss);
  put(values, 'process.readBytes', now.io?.readBytes);
  put(values, 'process.writeBytes', now.io?.writeBytes);
  put(values, 'process.readChars', now.io?.readChars);
  put(values, 'process.writeChars', now.io?.writeChars);
  const threads = new Map<number, number>();
  const seconds = before === undefined || before.stat.started !== now.stat.started ? 0 : now.at - before.at;
  if (before === undefined || seconds <= 0) return { values, threads };
  if (now.stat.cpu >= before.stat.cpu) put(values, 'process.cpu', (now.stat.cpu - before.stat.cpu) / seconds);
  for (const [tid, cpu] of now.threads ?? []) {
    const earlier = before.threads?.get(tid);
    // A thread cannot use more than one core: ticks of 10 ms and our own delay make a little more of it.
    if (earlier !== undefined && cpu >= earlier) threads.set(tid, Math.min(1, (cpu - earlier) / seconds));
  }
  put(values, 'process.maxThread', maxOf([...threads.values()]));
  return { values, threads };
}

/** The hottest of the threads that were read, and how many are hot; absent where none was read twice. */
export function threadGauges(usages: readonly ProcessUsage[]): Values {
  const values: Values = {};
  const shares = usages.flatMap((usage) => [...usage.threads.values()]);
  put(values, 'host.cpuMaxThread', maxOf(shares));
  if (shares.length > 0) put(values, 'host.hotThreads', shares.filter((share) => share >= HOT_THREAD).length);
  return values;
}
