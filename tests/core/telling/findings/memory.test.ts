import { describe, expect, it } from 'vitest';
import { findFindings } from '../../../../core/telling/index.ts';
import type { FractionName } from '../../../../core/judging/index.ts';
import { judged, type PhaseSpec, type RunSpec, type Values } from './judged.ts';
import { table } from '../../../support/telemetry.ts';

const found = (spec: RunSpec) => findFindings(judged(spec));
const ids = (spec: RunSpec) => found(spec).map(({ id }) => id);
const ENGINE = table('engine', 'vllm@n1:8000', {}, { maxNumSeqs: '128' });
const serve = (seconds: number, fraction: Partial<Record<FractionName, number>>, mean: Values, isCacheFull = true): PhaseSpec => ({
  seconds,
  busy: 0.95,
  bottleneck: 'capacity',
  activity: 'decode',
  fraction,
  mean,
  states: { isCacheFull },
});
const run = (phase: PhaseSpec): RunSpec => ({
  gpus: [{ phases: [phase], engines: [0] }],
  engines: [ENGINE],
});

describe('a full KV cache', () => {
  it.each<[string, PhaseSpec, boolean]>([
    ['where the verdict is capacity for it', serve(300, { kvFull: 0.5 }, {}), true],
    ['not where it is capacity for something else', serve(300, { kvFull: 0.5 }, {}, false), false],
    ['by ten samples', serve(100, { kvFull: 1 }, { 'engine.preemptions': 1 }), true],
    ['not by nine', serve(90, { kvFull: 1 }, { 'engine.preemptions': 1 }), false],
  ])('%s', (_, phase, expected) => {
    expect(ids(run(phase))).toEqual(expected ? ['kv-capacity'] : []);
  });

  it('says how many requests fit and what was computed twice', () => {
    const [finding] = found(run(serve(600, { kvFull: 0.8, waiting: 1 }, { 'engine.preemptions': 0.5, 'engine.running': 92.4, 'engine.waiting': 31 })));
    expect(finding?.text).toContain('The KV cache was full for 10 min and 300 requests were put back and computed again');
    expect(finding?.text).toContain('--max-num-seqs to about 92');
    expect(finding?.evidence).toEqual([
      'cache 95 % full or more in 80 % of the samples',
      '30 preemptions a minute',
      '92 requests ran of at most 128',
      '31 waited',
    ]);
  });

  it('is told once per engine, not once per GPU', () => {
    const phase = serve(300, { kvFull: 1 }, { 'engine.preemptions': 1 });
    const other = { phases: [phase], engines: [1] };
    expect(
      found({
        gpus: [{ phases: [phase], engines: [0] }, { phases: [phase], engines: [0] }, other],
        engines: [ENGINE, table('engine', 'vllm@n2:8000', {})],
      }).map(({ id, entity }) => [id, entity]),
    ).toEqual([
      ['kv-capacity', 'vllm@n1:8000'],
      ['kv-capacity', 'vllm@n2:8000'],
    ]);
  });

  it('is not a full device memory: engines take all of it at the start', () => {
    expect(ids({ gpus: [{ phases: [{ seconds: 900, busy: 0.9, bottleneck: 'memory', mean: { 'gpu.memUsed': 39.5e9, 'gpu.memTotal': 40e9 } }] }] })).toEqual([]);
  });
});

describe('memory that ran out', () => {
  const work: PhaseSpec = { seconds: 300, busy: 0.9, bottleneck: 'compute' };

  it('on the GPU is told with what was wanted', () => {
    const text = 'torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.00 GiB. GPU 0 has a total capacity of 39.39 GiB';
    const [finding] = found({
      gpus: [{ phases: [work] }],
      events: [
        { at: 250, entity: null, kind: 'oom', text },
        { at: 260, entity: null, kind: 'oom', text },
      ],
    });
    expect(finding).toMatchObject({ id: 'oom', entity: null, from: 250, to: 260 });
    expect(finding?.text).toContain('GPU memory ran out (2 lines say so): 2.00 GiB more were wanted');
  });

  it('on the host is another finding', () => {
    const [finding, ...more] = found({
      gpus: [{ phases: [work] }],
      events: [{ at: null, entity: null, kind: 'oom', text: 'slurmstepd: error: Detected 1 oom_kill event in StepId=7.0' }],
    });
    expect(more).toEqual([]); // a larger GPU would not help
    expect(finding).toMatchObject({ id: 'oom', from: null, to: null });
    expect(finding?.text).toContain("The host's memory ran out");
  });

  it('is seen in the kernel’s own count', () => {
    const host = table('host', 'n1', { 'host.oomKills': [Number.NaN, 0, 0, 0.1, 0], 'host.memUsed': [200e9, 240e9, 250e9, 251e9, 100e9] });
    const [finding] = found({ gpus: [{ phases: [work], host: 0 }], hosts: [host] });
    expect(finding).toMatchObject({ id: 'oom', entity: 'n1', from: 30, to: 40 });
    expect(finding?.evidence).toContain('host memory used: up to 251 GB');
  });

  it('is no finding while the count stands still', () => {
    expect(ids({ gpus: [{ phases: [work], host: 0 }], hosts: [table('host', 'n1', { 'host.oomKills': [0, 0, 0] })] })).toEqual([]);
  });
});
