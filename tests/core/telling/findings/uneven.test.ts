import { describe, expect, it } from 'vitest';
import { findFindings } from '../../../../core/telling/index.ts';
import { judged, type GpuSpec, type PhaseSpec, type RunSpec } from './judged.ts';

const found = (spec: RunSpec) => findFindings(judged(spec));
const ids = (spec: RunSpec) => found(spec).map(({ id }) => id);
/** GPUs of one node, each busy for so much of 600 s. */
const team = (...means: readonly number[]): RunSpec => ({ gpus: means.map((busy): GpuSpec => ({ phases: [{ seconds: 600, busy, bottleneck: 'overhead' }] })) });

describe('GPUs that take turns', () => {
  it.each<[string, readonly number[], boolean]>([
    ['two at half', [0.5, 0.5], true],
    ['four at a quarter', [0.25, 0.25, 0.25, 0.25], true],
    ['at most 70 %', [0.7, 0.4], true],
    ['not above 70 %', [0.71, 0.4], false],
    ['at least 5 %', [0.05, 0.35, 0.4], true],
    ['not less', [0.049, 0.36, 0.4], false],
    ['at most 115 % together', [0.65, 0.5], true],
    ['not more', [0.66, 0.5], false],
    ['at least 80 % of the time together', [0.4, 0.4], true],
    ['not where all rest for longer', [0.39, 0.4], false],
    ['not one GPU', [0.5], false],
  ])('%s', (_, means, expected) => {
    expect(ids(team(...means)).includes('take-turns')).toBe(expected);
  });

  it('says what they are worth together and what the others could do', () => {
    const [finding] = found(team(0.25, 0.25, 0.25, 0.25));
    expect(finding).toMatchObject({ id: 'take-turns', entity: null, from: 0, to: 600 });
    expect(finding?.text).toContain("4 GPUs together were busy 100 % of one GPU's time, as if they took turns");
    expect(finding?.text).toContain('up to 4 × as fast. If they work independently, one GPU would nearly do.');
    expect(finding?.evidence[0]).toBe('mean utilisation while any worked: GPU 0 25 %, GPU 1 25 %, GPU 2 25 %, GPU 3 25 %');
  });

  it('rest half of the time at most where the program is known to split by layers', () => {
    expect(ids({ ...team(0.25, 0.25), workload: { engine: 'llama.cpp' } })).toEqual(['take-turns']);
    expect(ids({ ...team(0.25, 0.25), workload: { pipelineParallel: 2 } })).toEqual(['take-turns']);
    expect(ids({ ...team(0.24, 0.25), workload: { pipelineParallel: 2 } })).toEqual([]);
    expect(ids(team(0.25, 0.25))).toEqual([]);
  });

  it('add up in their samples, not only in their means: independent GPUs sometimes work at once', () => {
    const row = (i: number, more: number) => ({
      phases: [{ seconds: 600, busy: 0.45, bottleneck: 'overhead' as const }],
      series: { 'gpu.util': Array.from({ length: 60 }, (_, k) => (k % 10 < i ? more : 0.45)) },
    });
    expect(ids({ gpus: [row(1, 0.6), row(1, 0.6)] })).toEqual(['take-turns']);
    expect(ids({ gpus: [row(2, 0.6), row(2, 0.6)] })).toEqual([]);
  });

  it('are not ranks of tensor or data parallelism, which work at the same time', () => {
    expect(ids({ ...team(0.5, 0.5), workload: { tensorParallel: 2 } })).toEqual([]);
    expect(ids({ ...team(0.5, 0.5), workload: { dataParallel: 2 } })).toEqual([]);
    expect(ids({ ...team(0.5, 0.5), workload: { pipelineParallel: 2 } })).toEqual(['take-turns']);
  });

  it('are not replicas of a server each', () => {
    expect(ids({ gpus: [0.5, 0.5].map((busy, i) => ({ phases: [{ seconds: 600, busy, bottleneck: 'host' }], engines: [i] })) })).toEqual([]);
  });

  it('are not GPUs that wait for files, as the host shows', () => {
    const wait: PhaseSpec = { seconds: 600, busy: 0.5, bottleneck: 'storage' };
    expect(ids({ gpus: [{ phases: [wait] }, { phases: [wait] }] })).toEqual([]);
  });

  it('are not told by fewer than five minutes', () => {
    const short = (seconds: number): RunSpec => ({ gpus: [0.5, 0.5].map((busy) => ({ phases: [{ seconds, busy, bottleneck: 'overhead' }] })) });
    expect(ids(short(290))).toEqual([]);
    expect(ids(short(300))).toEqual(['take-turns']);
  });
});

describe('imbalance on a node', () => {
  it.each<[string, readonly number[], boolean]>([
    ['the busiest 20 points above the mean is allowed', [0.9, 0.5], false],
    ['more is a finding', [0.91, 0.5], true],
    ['of four', [1, 0.7, 0.7, 0.7], true],
    ['of four, less', [0.96, 0.7, 0.7, 0.7], false],
  ])('%s', (_, means, expected) => {
    expect(ids(team(...means))).toEqual(expected ? ['imbalance'] : []);
  });

  it('is of the time in which any of them worked: pauses that all make do not even it out', () => {
    const paused = (busy: number): GpuSpec => {
      const part: PhaseSpec = { seconds: 300, busy, bottleneck: 'overhead' };
      return { phases: [part, { seconds: 500, busy: 0 }, part] };
    };
    expect(ids({ gpus: [paused(0.91), paused(0.5)] })).toEqual(['imbalance']);
  });

  it('is not told of a start-up, which is uneven in every job: five minutes make it a finding', () => {
    const lasting = (seconds: number): RunSpec => ({ gpus: [0.91, 0.5].map((busy) => ({ phases: [{ seconds, busy, bottleneck: 'overhead' }] })) });
    expect(ids(lasting(290))).toEqual([]);
    expect(ids(lasting(300))).toEqual(['imbalance']);
  });

  it('is not told of GPUs that take turns: balancing them is another advice than joining them', () => {
    expect(ids(team(0.7, 0.2))).toEqual(['take-turns']);
  });

  it('says what even work would gain', () => {
    const [finding] = found(team(1, 0.7, 0.7, 0.7));
    expect(finding?.text).toContain('worked 100 % of the time, the mean of its 4 GPUs is 78 %');
    expect(finding?.text).toContain('up to 1.29 × as fast');
    expect(finding?.evidence).toContain('busiest: GPU 0');
  });

  it('is not between nodes, nor between a server and a trainer', () => {
    const one = (node: string, busy: number): GpuSpec => ({ node, phases: [{ seconds: 600, busy, bottleneck: 'overhead' }] });
    expect(ids({ gpus: [one('a', 0.95), one('b', 0.3)] })).toEqual([]);
    expect(
      ids({
        gpus: [
          { ...one('a', 0.95), engines: [0] },
          { ...one('a', 0.3), engines: [1] },
        ],
      }),
    ).toEqual([]);
  });

  it('is not an early end or a late start', () => {
    const whole: PhaseSpec = { seconds: 600, busy: 0.95, bottleneck: 'compute' };
    const half: PhaseSpec = { ...whole, seconds: 300 };
    const rest: PhaseSpec = { seconds: 300, busy: 0 };
    expect(ids({ gpus: [{ phases: [whole] }, { phases: [half, rest] }] })).toEqual([]);
    expect(ids({ gpus: [{ phases: [whole] }, { phases: [rest, half] }] })).toEqual([]);
  });
});
