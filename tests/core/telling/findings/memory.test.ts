import { describe, expect, it } from 'vitest';
import { findFindings } from '../../../../core/telling/index.ts';
import type { FractionName } from '../../../../core/judging/index.ts';
import { judged, table, type PhaseSpec, type RunSpec, type Values } from './judged.ts';

const found = (spec: RunSpec) => findFindings(judged(spec));
const ids = (spec: RunSpec) => found(spec).map(({ id }) => id);
const ENGINE = table('engine', 'vllm@n1:8000', {}, { maxNumSeqs: '128' });
const serve = (seconds: number, fraction: Partial<Record<FractionName, number>>, mean: Values): PhaseSpec => ({
  seconds,
  busy: 0.95,
  bottleneck: 'capacity',
  activity: 'decode',
  fraction,
  mean,
});
const run = (phase: PhaseSpec, facts: Record<string, string> = { maxNumSeqs: '128' }): RunSpec => ({
  gpus: [{ phases: [phase], engines: [0] }],
  engines: [table('engine', 'vllm@n1:8000', {}, facts)],
});

describe('a full KV cache', () => {
  it.each<[string, PhaseSpec, boolean]>([
    ['in a third of the samples, with preemptions', serve(300, { kvFull: 1 / 3 }, { 'engine.preemptions': 0.01 }), true],
    ['in less than a third', serve(300, { kvFull: 0.333 }, { 'engine.preemptions': 0.01 }), false],
    ['without preemptions and without a queue', serve(300, { kvFull: 1, waiting: 0 }, { 'engine.preemptions': 0, 'engine.running': 90 }), false],
    ['with fewer running than allowed while others wait', serve(300, { kvFull: 1, waiting: 0.5 }, { 'engine.preemptions': 0, 'engine.running': 127 }), true],
    ['with all that are allowed running', serve(300, { kvFull: 1, waiting: 1 }, { 'engine.preemptions': 0, 'engine.running': 128 }), false],
    ['with a queue less than half of the time', serve(300, { kvFull: 1, waiting: 0.49 }, { 'engine.preemptions': 0, 'engine.running': 90 }), false],
    ['by ten samples', serve(100, { kvFull: 1 }, { 'engine.preemptions': 1 }), true],
    ['not by nine', serve(90, { kvFull: 1 }, { 'engine.preemptions': 1 }), false],
  ])('%s', (_, phase, expected) => {
    expect(ids(run(phase))).toEqual(expected ? ['kv-capacity'] : []);
  });

  it('is not told by a queue where the allowed maximum is not known', () => {
    expect(ids(run(serve(300, { kvFull: 1, waiting: 1 }, { 'engine.running': 90 }), {}))).toEqual([]);
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
    const [finding] = found({
      gpus: [{ phases: [work] }],
      events: [{ at: null, entity: null, kind: 'oom', text: 'slurmstepd: error: Detected 1 oom_kill event in StepId=7.0' }],
    });
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
