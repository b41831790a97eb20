import { describe, expect, it } from 'vitest';
import { findFindings } from '../../../../core/telling/index.ts';
import { judged, type GpuSpec, type PhaseSpec, type RunSpec, type Values } from './judged.ts';
import { table } from '../../../support/telemetry.ts';

const ids = (spec: RunSpec) => findFindings(judged(spec)).map(({ id }) => id);
const work: PhaseSpec = { seconds: 1200, busy: 0.9, bottleneck: 'memory' };
const rest = (seconds: number, mean: Values = {}): PhaseSpec => ({ seconds, busy: 0, mean });

describe('an idle GPU', () => {
  it.each<[string, PhaseSpec, string[]]>([
    ['is a finding from ten minutes on', rest(600), ['idle']],
    ['is none a moment before', rest(599), []],
    ['with a cache in its memory is held idle', rest(600, { 'gpu.memUsed': 1e9 }), ['held-idle']],
    ['with less than a gigabyte taken is just idle', rest(600, { 'gpu.memUsed': 0.999e9 }), ['idle']],
    ['with room for no context has no process', rest(600, { 'gpu.memUsed': 100e6 }), ['no-process']],
    ['with a little more may have one', rest(600, { 'gpu.memUsed': 101e6 }), ['idle']],
    ['that lists no process has none, whatever the driver keeps', rest(600, { 'gpu.memUsed': 0.6e9, 'gpu.processes': 0 }), ['no-process']],
    ['that lists no process but holds a model is held by one out of sight', rest(600, { 'gpu.memUsed': 30e9, 'gpu.processes': 0 }), ['held-idle']],
    ['that lists a process is not empty', rest(600, { 'gpu.memUsed': 0.3e9, 'gpu.processes': 1 }), ['idle']],
  ])('%s', (_, phase, expected) => {
    expect(ids({ gpus: [{ phases: [work, phase] }] })).toEqual(expected);
  });

  it('says since when, how long and what it cost, and ends where work began again', () => {
    const [found] = findFindings(
      judged({ gpus: [{ phases: [work, rest(3600, { 'gpu.memUsed': 36e9, 'gpu.memTotal': 42.9e9, 'gpu.power': 58, 'gpu.powerLimit': 400 }), work] }] }),
    );
    expect(found).toMatchObject({ id: 'held-idle', entity: '#0', from: 1200, to: 4800 });
    expect(found?.text).toContain('GPU 0 did nothing for 1 h while 36.0 GB of memory stayed taken: 1.0 GPU-hours');
    expect(found?.evidence).toContain('memory 36.0 of 42.9 GB');
    expect(found?.evidence).toContain('power 58.0 of 400 W');
  });

  it('in a running job has no end', () => {
    const [found] = findFindings(judged({ gpus: [{ phases: [work, rest(600)] }], options: { now: 1805 } }));
    expect(found).toMatchObject({ from: 1200, to: null });
  });

  it('is told once where all GPUs of the job are', () => {
    const four = Array.from({ length: 4 }, (): GpuSpec => ({ phases: [work, rest(900)] }));
    const found = findFindings(judged({ gpus: four }));
    expect(found).toHaveLength(1);
    expect(found[0]).toMatchObject({ id: 'idle', entity: null });
    expect(found[0]?.text).toContain('All 4 GPUs did nothing for 15 min: 1.0 GPU-hours');
  });

  it('is told by itself where the others go on', () => {
    const found = findFindings(judged({ gpus: [{ phases: [work, { ...work, seconds: 900 }] }, { phases: [work, rest(900)] }] }));
    expect(found.filter(({ id }) => id === 'idle').map(({ entity }) => entity)).toEqual(['#1']);
  });

  it('is not stitched together over a gap of which nothing is known', () => {
    expect(ids({ gpus: [{ phases: [work, rest(400), { ...rest(400), gap: 60 }] }] })).toEqual([]);
    expect(ids({ gpus: [{ phases: [work, rest(400), { ...rest(400), gap: 30 }] }] })).toEqual(['idle']);
  });

  it('is not stitched together over work, however short: a server that answers now and then is in use', () => {
    expect(ids({ gpus: [{ phases: [work, rest(400), { ...work, seconds: 20 }, rest(400)] }] })).toEqual([]);
  });

  it('is told GPU by GPU where only some of the job’s are, and once where their edges are two samples apart', () => {
    const works: GpuSpec = { phases: [work, { ...work, seconds: 900 }] };
    const rests: GpuSpec = { phases: [work, rest(900)] };
    const of = (...gpus: readonly GpuSpec[]) => findFindings(judged({ gpus })).filter(({ id }) => id === 'idle');
    expect(of(works, works, rests, rests).map(({ entity }) => entity)).toEqual(['#2', '#3']);
    const later = (seconds: number): GpuSpec => ({ phases: [{ ...work, seconds: 1200 + seconds }, rest(900)] });
    expect(of(rests, later(20)).map(({ entity }) => entity)).toEqual([null]);
    expect(of(rests, later(30)).map(({ entity }) => entity)).toEqual(['#0', '#1']);
  });

  it('is not told from two looks days apart, only from five', () => {
    const days = (samples: number): RunSpec => ({ gpus: [{ phases: [rest(samples * 86_400)] }], period: 86_400 });
    expect(ids(days(4))).toEqual([]);
    expect(ids(days(5))).toEqual(['idle']);
  });

  it('names what the CPUs did meanwhile: a CPU phase looks idle to a GPU', () => {
    const host = table('host', 'n1', { 'host.cpu': Array.from({ length: 180 }, () => 0.93) });
    const [found] = findFindings(judged({ gpus: [{ phases: [work, rest(600)], host: 0 }], hosts: [host] }));
    expect(found?.evidence).toContain("the host's CPUs were 93 % busy meanwhile");
  });
});

describe('an unused GPU', () => {
  const unused: GpuSpec = { phases: [rest(1200)] };

  it('is one that did nothing while another worked for ten minutes', () => {
    const found = findFindings(judged({ gpus: [{ phases: [{ ...work, seconds: 600 }, rest(600)] }, unused, unused] }));
    expect(found.map(({ id, entity }) => [id, entity])).toEqual([
      ['idle', '#0'],
      ['unused-gpus', '#1'],
      ['unused-gpus', '#2'],
    ]);
    expect(found[1]?.text).toContain("GPU 1 was not used once in 20 min while 1 of the job's 3 GPUs worked: 0.33 GPU-hours. Ask for 1 GPU");
  });

  it('is not told before', () => {
    expect(ids({ gpus: [{ phases: [{ ...work, seconds: 590 }] }, { phases: [rest(590)] }] })).toEqual([]);
  });

  it('is not one that was looked at four times: it may have worked between', () => {
    const seen = (samples: number) => ids({ gpus: [{ phases: [work] }, { phases: [rest(samples * 10)] }] });
    expect(seen(4)).toEqual([]);
    expect(seen(5)).toEqual(['unused-gpus']);
  });

  it('is not one of a job that only loads as yet: its turn may come', () => {
    const loading: GpuSpec = { phases: [{ seconds: 1200, busy: 0, bottleneck: 'storage', activity: 'loading' }] };
    expect(ids({ gpus: [loading, { phases: [rest(1200)] }] })).toEqual(['idle']);
  });

  it('is not one that worked once', () => {
    expect(ids({ gpus: [{ phases: [work] }, { phases: [{ ...work, seconds: 30 }, rest(1170)] }] })).not.toContain('unused-gpus');
  });

  it('that no tool showed is said apart, without a time that could count as lost', () => {
    const found = findFindings(judged({ gpus: [{ id: 'GPU-a', phases: [work] }], options: { gpusAllocated: ['GPU-a', 'GPU-b'] } }));
    expect(found.map(({ id, entity, from, to }) => [id, entity, from, to])).toEqual([['unused-gpus', 'GPU-b', 1200, 1200]]);
    expect(found[0]?.text).toContain('no tool has shown it');
  });

  it('is not seen where tools print indexes and the job lists UUIDs', () => {
    expect(ids({ gpus: [{ phases: [work] }], options: { gpusAllocated: ['GPU-a', 'GPU-b'] } })).toEqual([]);
  });

  it('is not one of another job on the node', () => {
    const others: GpuSpec = { id: 'GPU-b', phases: [rest(1200)] };
    expect(ids({ gpus: [{ id: 'GPU-a', phases: [work] }, others], options: { gpusAllocated: ['GPU-a'] } })).toEqual([]);
  });
});
