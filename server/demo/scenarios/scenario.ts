import type { GpuId } from '../../../core/knowledge/index.ts';
import type { Fact } from '../../../core/readings/index.ts';
import type { Frame } from './loads.ts';

/** One moment of a pretend job. */
export interface Moment {
  /** Seconds since the job began. */
  readonly t: number;
  /** Smooth noise in [−1, 1] named by `key`. */
  readonly wander: (key: string, period: number) => number;
  readonly gpu: GpuId;
  readonly gpuCount: number;
  readonly nodeCount: number;
}

/** A kind of job: what it is called and asks for, and what it does at each moment. */
export interface Scenario {
  readonly name: string;
  readonly user: string;
  readonly project: string;
  /** Node type id of the hardware table. */
  readonly nodeType: string;
  readonly gpus: number;
  /** Seconds that it runs; another job takes its place after. */
  readonly runs: number;
  readonly timeLimit: number;
  /** Seconds of life that it has behind it when the history begins. */
  readonly age: number;
  readonly command: string;
  /** How its engine or trainer is called in facts; null where nothing reports. */
  readonly engine: { readonly id: string; readonly facts: Partial<Record<Fact['name'], string>> } | null;
  /** Whether DCGM's counters are there (false: nvidia-smi alone). */
  readonly dcgm: boolean;
  readonly frame: (moment: Moment) => Frame;
  readonly endState: 'completed' | 'cancelled' | 'timeout' | 'failed';
}

/** A stage of a repeating script: which one holds at `t`, and how far into it. */
export function stageAt<const T extends string>(script: readonly (readonly [T, number])[], t: number): { stage: T; into: number } {
  const total = script.reduce((sum, [, seconds]) => sum + seconds, 0);
  let into = total > 0 ? t % total : 0;
  for (const [stage, seconds] of script) {
    if (into < seconds) return { stage, into };
    into -= seconds;
  }
  const last = script[script.length - 1];
  if (last === undefined) throw new Error('a script needs a stage');
  return { stage: last[0], into };
}

/** The same load on every GPU, each a little different. */
export function each<T>(count: number, make: (index: number) => T): T[] {
  return Array.from({ length: count }, (_, index) => make(index));
}
