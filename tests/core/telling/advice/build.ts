// Past the door of core/telling/advice: advice is asked in situations that no run has to have.
import { NOTHING_KNOWN } from '../../../../core/judging/job.ts';
import type { Advice, Verdict, Workload } from '../../../../core/contract/index.ts';
import { type AdviceContext, adviceFor, CATALOGUE } from '../../../../core/telling/advice/index.ts';
import { situationOf } from '../../../../core/telling/advice/situation.ts';
import { ALVIS, ceilingsFor, findModel, type GpuId, type Site } from '../../../../core/knowledge/index.ts';
import type { FactName, MetricId } from '../../../../core/readings/index.ts';
import { aWorkload } from '../../../support/analysis.ts';

export interface Case {
  readonly verdict: Partial<Omit<Verdict, 'shares' | 'tree'>> & { readonly shares?: Partial<Verdict['shares']>; readonly unexplained?: number };
  readonly gpu?: GpuId | null;
  readonly workload?: Partial<Workload>;
  readonly mean?: Partial<Record<MetricId, number>>;
  readonly facts?: Partial<Record<FactName, string>>;
  readonly commands?: readonly string[];
  readonly gpuCount?: number;
  readonly nodeCount?: number;
  readonly cores?: number;
  /** The built-in one where it is left out. */
  readonly site?: Site;
  readonly seconds?: number;
  readonly takesTurns?: boolean;
  readonly hasStraggler?: boolean;
}

/** The advice on a verdict and numbers that a test writes down. */
export function advice(one: Case): Advice[] {
  return adviceFor(verdictOf(one), contextOf(one));
}

/** The ids (or texts) of all pieces that a label's own list has to say, however many. */
export function said(one: Case, what: 'id' | 'text' = 'id'): string[] {
  const { bottleneck } = one.verdict;
  const job = situationOf(verdictOf(one), contextOf(one));
  const pieces = bottleneck === undefined || bottleneck === 'balanced' ? [] : CATALOGUE[bottleneck];
  return pieces.flatMap(({ id, holds, say }) => {
    const told = holds(job) ? say(job) : null;
    return told === null ? [] : [what === 'id' ? id : told.text];
  });
}

function contextOf(one: Case): AdviceContext {
  const gpu = one.gpu === undefined ? 'A100-40' : one.gpu;
  const workload = aWorkload(one.workload);
  return {
    gpu,
    ceilings: gpu === null ? null : ceilingsFor(gpu),
    workload,
    model: workload.model === null ? null : (findModel(workload.model)?.model ?? null),
    figures: {
      seconds: one.seconds ?? 600,
      samples: 120,
      idleFraction: null,
      busy: 0.95,
      mean: new Map(Object.entries(one.mean ?? {}) as [MetricId, number][]),
      fraction: new Map(), // keys of a typed literal
    },
    gpuCount: one.gpuCount ?? 1,
    nodeCount: one.nodeCount ?? 1,
    site: one.site ?? ALVIS,
    facts: new Map(Object.entries(one.facts ?? {}) as [FactName, string][]),
    commands: one.commands ?? [],
    cores: one.cores ?? null,
    takesTurns: one.takesTurns ?? false,
    hasStraggler: one.hasStraggler ?? false,
  };
}

function verdictOf({ verdict: { shares, unexplained, ...verdict } }: Case): Verdict {
  return {
    ...NOTHING_KNOWN,
    grade: 0.8,
    ...verdict,
    shares: { ...NOTHING_KNOWN.shares, ...shares },
    tree: { ...NOTHING_KNOWN.tree, unexplained: unexplained ?? null },
  };
}

/** The advice whose text has a word; its absence is a test's failure. */
export function about(tries: readonly Advice[], word: RegExp): Advice | undefined {
  return tries.find(({ text }) => word.test(text));
}

/** 8B in 16 bits on one A100-40: 32 requests of 500 tokens, the cache half full. 15.01 GB of weights and 2.10 GB of cache a step. */
export const DECODE: Case = {
  verdict: { bottleneck: 'memory', activity: 'decode', tier: 'A', relief: 5, shares: { memory: 0.8, compute: 0.2 } },
  workload: { engine: 'vllm', model: 'meta-llama/Llama-3.1-8B', dtype: 'fp16', tensorParallel: 1 },
  mean: { 'engine.running': 32, 'engine.waiting': 8, 'engine.kvUsage': 0.5, 'engine.kvTokens': 16_000, 'engine.generationRate': 1500 },
  facts: { maxNumSeqs: '32' },
};
