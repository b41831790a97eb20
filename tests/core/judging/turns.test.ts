import { describe, expect, it } from 'vitest';
import { analyse } from '../../../core/analyse/index.ts';
import type { AnalyseOptions } from '../../../core/judging/index.ts';
import { made, runOf } from '../../support/telemetry.ts';

type Busy = number | ((sample: number) => number);

/** GPUs of one server that has requests all the time, sampled every 10 s for 20 minutes. */
function told(busy: readonly Busy[], options: AnalyseOptions = {}, samples = 121) {
  const { verdict, gpus, findings } = analyse(
    runOf(
      ...busy.map((util, i) =>
        made('gpu', { id: `GPU-${i}`, node: 'n1', samples, period: 10, facts: { name: 'NVIDIA A40' }, values: { 'gpu.util': util, 'gpu.memUsed': 30e9 } }),
      ),
      made('engine', {
        id: 'vllm@n1:8000',
        node: 'n1',
        samples,
        period: 10,
        values: { 'engine.running': 3, 'engine.requests': 0.2, 'engine.generationTokens': 20 },
      }),
    ),
    options,
  );
  return {
    bottleneck: verdict.bottleneck,
    inTurn: gpus.map((gpu) => gpu.verdict.why.some((line) => /tak(?:e|ing) turns|took turns/.test(line))),
    finding: findings.some(({ id }) => id === 'take-turns'),
    why: verdict.why[0],
  };
}
const FIRST: Busy = (i) => (i % 10 < 4 ? 1 : 0);
const SECOND: Busy = (i) => (i % 10 >= 5 && i % 10 < 9 ? 1 : 0);
const NOBODY = { inTurn: [false, false], finding: false };
const BOTH = { inTurn: [true, true], finding: true };

describe('GPUs that take turns', () => {
  it('work one after the other: verdict and finding say so alike', () => {
    expect(told([FIRST, SECOND])).toMatchObject({ ...BOTH, bottleneck: 'unknown' });
    expect(told([0.5, 0.5])).toMatchObject({ ...BOTH, bottleneck: 'unknown' });
  });
  it('are not two that are busy in the same samples at 10 % each: most of the time nobody works', () => {
    expect(told([0.1, 0.1])).toMatchObject({ ...NOBODY, bottleneck: 'host' });
  });
  it('are not two that work and rest together, though each rests half of the time', () => {
    expect(told([FIRST, FIRST])).toMatchObject(NOBODY);
  });
  it('add up in nine of ten samples, not only in their means', () => {
    const half = (i: number) => (i % 10 < 5 ? 0.9 : 0.1);
    expect(told([half, half])).toMatchObject(NOBODY);
  });
  it('may work at once in one sample of ten, and not in two: those are independent jobs that meet now and then', () => {
    const meeting = (samples: number) => (i: number) => (i % 10 < samples ? 0.9 : 0.4);
    expect(told([meeting(1), meeting(1)], {}, 120)).toMatchObject(BOTH);
    expect(told([meeting(2), meeting(2)], {}, 120)).toMatchObject(NOBODY);
  });
  it('may rest half of the time together where the program is known to split by layers; then its verdict is overhead', () => {
    expect(told([0.25, 0.25], { pipelineParallel: 2 })).toMatchObject({ ...BOTH, bottleneck: 'overhead' });
    expect(told([0.25, 0.25])).toMatchObject({ ...NOBODY, bottleneck: 'host' });
    expect(told([0.24, 0.25], { pipelineParallel: 2 })).toMatchObject({ ...NOBODY, bottleneck: 'host' });
  });
  it('are no ranks of tensor or data parallelism: these work at the same time', () => {
    expect(told([0.5, 0.5], { tensorParallel: 2 })).toMatchObject({ ...NOBODY, bottleneck: 'host' });
    expect(told([0.5, 0.5], { dataParallel: 2 })).toMatchObject(NOBODY);
  });
  it('may be some of a node’s GPUs: what another job’s do beside them changes nothing', () => {
    const own = { gpusAllocated: ['GPU-0', 'GPU-1'] };
    expect(told([FIRST, SECOND, 0.9], own)).toMatchObject({ inTurn: [true, true, false], finding: true });
  });
  it('leave the blame where a host was seen at its limit: its thread is to be relieved, however the other node’s GPU rests', () => {
    const gpu = (node: string) => made('gpu', { id: `GPU-${node}`, node, samples: 121, period: 10, values: { 'gpu.util': 0.5, 'gpu.memUsed': 30e9 } });
    const busy = made('host', { id: 'n1', samples: 121, period: 10, values: { 'host.cpuMaxThread': 0.97, 'host.cores': 8 } });
    const { gpus, findings } = analyse(runOf(gpu('n1'), gpu('n2'), busy), { pipelineParallel: 2 });
    expect(gpus.map(({ verdict: { bottleneck, evidence } }) => [bottleneck, evidence.includes('proc')])).toEqual([
      ['host', true],
      ['unknown', false],
    ]);
    expect(findings.map(({ id }) => id)).toContain('take-turns');
  });
  it('are said in the verdict at once, and become a finding after five minutes', () => {
    expect(told([0.5, 0.5], {}, 20)).toMatchObject({ inTurn: [true, true], finding: false });
  });
});
