import { formatPercent } from '../readings/index.ts';
import { known } from './stats.ts';
import { BEYOND_COUNTER, BEYOND_LINK, BEYOND_MODEL } from './thresholds.ts';
import type { Work } from './work.ts';

/** A share that was refuted by its own size (§7.8.2): what was made, and what would make it right. The share is unknown then. */
export interface Refutation {
  readonly of: 'counter' | 'link' | 'model';
  readonly why: string;
  readonly remedy: string;
}

/** Takes shares as they were computed and gives them back as they may be told, noting what was refuted. */
export interface Disbelief {
  /** A counter’s share of the achievable: between that and the raw peak it is all of it; past the peak it is no share. */
  counter(name: string, read: number, eta: number): number;
  /** A link’s rate as a share of the achievable, and of the raw line. */
  link(name: string, share: number, line: number): number;
  readonly refuted: readonly Refutation[];
}

/** Nothing refuted yet. */
export function disbelief(): Disbelief & { add(refutation: Refutation): void } {
  const refuted: Refutation[] = [];
  return {
    refuted,
    add: (refutation) => void refuted.push(refutation),
    counter(name, read, eta) {
      if (!(read > BEYOND_COUNTER)) return Math.min(1, read / eta);
      refuted.push({
        of: 'counter',
        why: `${name} would be ${formatPercent(read)} of its peak: no counter can show that, so it is left out`,
        remedy: `what ${name} counts: its scale or its sampler is wrong (record it again with dcgmi dmon)`,
      });
      return Number.NaN;
    },
    link(name, share, line) {
      if (!(line > BEYOND_LINK)) return Math.min(1, share);
      refuted.push({
        of: 'link',
        why: `${name} would carry ${formatPercent(line)} of its line: the line is faster than thought, or several are counted, so it is left out`,
        remedy: `the speed of ${name} (its generation and lanes, or the port’s own rate)`,
      });
      return Number.NaN;
    },
  };
}

/** What would make a refuted model of the work right, in the order of likelihood. */
const MODEL_REMEDY =
  'the work as it is: the model (its name or config.json), its data type and quantisation, how many GPUs the engine has (tensor and data parallel), the engine’s own step counter';

/**
 * The work of an engine as its figures may be told: where the model asks for more than the GPU can do, model, data type, step
 * count, speculation or the engine’s GPUs are wrong, and neither its FLOPs nor its bytes mean anything. Shares of the achievable.
 */
export function believedWork(work: Work, shares: { readonly compute: number; readonly memory: number }): { work: Work; refutation: Refutation | null } {
  const most = Math.max(known(shares.compute) ? shares.compute : 0, known(shares.memory) ? shares.memory : 0);
  if (!(most > BEYOND_MODEL)) return { work, refutation: null };
  const what = shares.memory === most ? 'memory bandwidth' : 'compute';
  const none = Number.NaN;
  return {
    work: {
      ...work,
      prefillFlops: none,
      decodeFlops: none,
      flops: none,
      weightBytes: none,
      kvBytes: none,
      otherBytes: none,
      bytes: none,
      from: null,
      ...(work.timed ? {} : { prefillTime: none, decodeTime: none }),
    },
    refutation: {
      of: 'model',
      why: `the engine’s tokens and the model would need more ${what} than this GPU has: the model, its data type, the step count or the engine’s GPUs are not what was taken, so no share is made of them`,
      remedy: MODEL_REMEDY,
    },
  };
}
