// Past the door of core/telling/advice: every row of advice is asked, also those that few runs reach.
import { ANOTHER_SITE, foreignNames } from '../../../support/another-site.ts';
import { describe, expect, it } from 'vitest';
import { type Activity, type Verdict } from '../../../../core/contract/index.ts';
import { BOTTLENECKS } from '../../../../core/contract/verdict.ts';
import { GPU_IDS } from '../../../../core/knowledge/index.ts';
import { advice, type Case } from './build.ts';

const ACTIVITIES: readonly Activity[] = ['prefill', 'decode', 'serving', 'training', 'fine-tuning', 'loading', 'unknown'];
const SHARES: Partial<Verdict['shares']> = {
  compute: 0.6,
  memory: 0.7,
  network: 0.6,
  storage: 0.5,
  host: 0.5,
  transfer: 0.6,
  nvlink: 0.2,
  busy: 0.8,
  empty: 0.2,
  tensor: 0.5,
  fp32: 0.1,
};
const SPLIT: Verdict['split'] = {
  flops: { prefill: 0.6, decode: 0.4 },
  bytes: { weights: 0.7, kv: 0.2, other: 0.1 },
  time: { prefill: 0.4, decode: 0.5, other: 0.1 },
  estimated: true,
};

/** Every bottleneck × activity × card, on one and on two nodes, with and without a model. */
const CASES: Case[] = BOTTLENECKS.flatMap((bottleneck) =>
  ACTIVITIES.flatMap((activity) =>
    GPU_IDS.flatMap((gpu) =>
      [1, 2].flatMap((nodeCount) =>
        ['meta-llama/Llama-3.1-8B', 'mistralai/Mixtral-8x7B-v0.1', null].map((model): Case => ({
          gpu,
          nodeCount,
          gpuCount: 4 * nodeCount,
          cores: 64,
          verdict: {
            bottleneck,
            activity,
            relief: 1.8,
            candidates: bottleneck === 'balanced' ? ['memory', 'compute'] : [],
            shares: SHARES,
            unexplained: 0.4,
            split: SPLIT,
          },
          workload: { engine: 'vllm', model, dtype: 'fp16', tensorParallel: 4 },
          mean: {
            'engine.running': 16,
            'engine.waiting': 3,
            'engine.kvUsage': 0.6,
            'engine.kvTokens': 16_000,
            'engine.kvTokensMax': 26_000,
            'engine.generationRate': 900,
            'engine.preemptions': 0.2,
            'engine.requests': 3,
            'engine.trainTokenRate': 9000,
            'engine.trainSteps': 0.5,
            'gpu.memUsed': 14e9,
            'gpu.memTotal': 16e9,
            'host.netSpeed': 3.125e9,
            'host.netRxRate': 2.8e9,
            'host.psiCpu': 0.5,
          },
        })),
      ),
    ),
  ),
);

describe('every advice', () => {
  it('has its arithmetic with numbers, and a gain that the relief bounds and that is worth trying', () => {
    let lines = 0;
    for (const one of CASES) {
      for (const { text, gain, arithmetic } of advice(one)) {
        lines += 1;
        expect(arithmetic).toMatch(/\d/);
        expect(`${text} ${arithmetic}`).not.toMatch(/NaN|undefined|Infinity|null/);
        if (gain !== null) {
          expect(gain).toBeGreaterThanOrEqual(1.05);
          expect(gain).toBeLessThanOrEqual(1.8);
        }
      }
    }
    expect(lines).toBeGreaterThan(3000);
  });

  it('never names BF16 for V100 and T4, nor INT8 arithmetic for V100', () => {
    const old = CASES.filter(({ gpu }) => gpu === 'T4' || gpu?.startsWith('V100'));
    for (const one of old) {
      for (const { text } of advice(one)) {
        expect(text).not.toMatch(/in BF16|BF16 by|kv-cache-dtype fp8/);
        if (one.gpu !== 'T4') expect(text).not.toMatch(/Multiply in INT8/);
      }
    }
  });

  it('on another cluster names nothing that it lacks, on nodes of a described kind and of none', () => {
    for (const one of CASES) {
      const mean = { ...one.mean, 'host.netSpeed': Number.NaN };
      const tries = [advice({ ...one, site: ANOTHER_SITE }), advice({ ...one, site: ANOTHER_SITE, mean })];
      expect(foreignNames(tries, one.gpu ?? null), `${one.verdict.bottleneck}, ${one.gpu ?? ''}`).toEqual([]);
      expect(JSON.stringify(tries)).not.toMatch(/NaN|undefined|Infinity/);
    }
  });

  it('is at most six lines, none twice', () => {
    for (const one of CASES) {
      const texts = advice(one).map(({ text }) => text);
      expect(texts.length).toBeLessThanOrEqual(6);
      expect(new Set(texts).size).toBe(texts.length);
    }
  });
});
