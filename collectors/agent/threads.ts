import { parsePidStat } from '../proc/index.ts';
import { readFolder, readKernelFile } from './files.ts';

/** All threads of a process are read every so many samples; in between only those that were busy then. */
const SURVEY = 6;
/** Threads that are followed between surveys, and the CPU (in cores) that makes one of them. */
const MOST = 4;
const BUSY = 0.05;
/** An engine has some hundred threads; thousands would be a fault of theirs that must not become ours. */
const MOST_SURVEYED = 512;

/** Watches the threads of one process at a price: one with 300 threads costs four reads a sample, not 300. */
export interface ThreadWatch {
  /** CPU in cores by thread id since each was last read; `cpu` is the process's own, null where it is not known yet. */
  sample(steady: number, cpu: number | null): ReadonlyMap<number, number>;
}

/** A fresh watch: the first sample is a survey, the second too, so that the hot threads are known after one interval. */
export function threadWatch(pid: number): ThreadWatch {
  const seen = new Map<number, { at: number; cpu: number }>();
  let hot: number[] = [];
  let samples = 0;
  return {
    sample(steady, cpu) {
      const survey = samples % SURVEY < (samples < SURVEY ? 2 : 1);
      samples += 1;
      // A process that used nothing has no hot thread: its threads are not worth a look.
      if (survey && samples > 2 && cpu !== null && cpu < BUSY) return new Map();
      const tids = survey
        ? readFolder(`/proc/${pid}/task`)
            .slice(0, MOST_SURVEYED)
            .map((name) => Number.parseInt(name, 10))
        : hot;
      const usage = new Map<number, number>();
      const now = new Map<number, { at: number; cpu: number }>();
      for (const tid of tids) {
        const stat = parsePidStat(readKernelFile(`/proc/${pid}/task/${tid}/stat`) ?? '');
        if (stat === null) continue;
        const before = seen.get(tid);
        const seconds = before === undefined ? 0 : steady - before.at;
        if (before !== undefined && seconds > 0 && stat.cpu >= before.cpu) usage.set(tid, Math.min(1, (stat.cpu - before.cpu) / seconds));
        now.set(tid, { at: steady, cpu: stat.cpu });
      }
      if (survey) {
        seen.clear();
        hot = [...usage]
          .filter(([, share]) => share >= BUSY)
          .sort(([, a], [, b]) => b - a)
          .slice(0, MOST)
          .map(([tid]) => tid);
      }
      for (const [tid, own] of now) seen.set(tid, own);
      return usage;
    },
  };
}
