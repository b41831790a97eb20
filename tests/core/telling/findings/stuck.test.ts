import { describe, expect, it } from 'vitest';
import { findFindings } from '../../../../core/telling/index.ts';
import { judged, type GpuSpec, type PhaseSpec, type RunSpec } from './judged.ts';

const found = (spec: RunSpec) => findFindings(judged(spec));
const ids = (spec: RunSpec) => found(spec).map(({ id }) => id);
/** Kernels resident, nothing moved. */
const spin = (seconds: number): PhaseSpec => ({
  seconds,
  busy: 0.99,
  bottleneck: 'overhead',
  states: {
    isSpinning: true,
    work: [
      { name: 'DRAM', share: 0.005 },
      { name: 'tensor', share: 0.001 },
    ],
  },
});
const train = (seconds: number): PhaseSpec => ({ seconds, busy: 0.97, bottleneck: 'compute' });

describe('a hung job', () => {
  it('is told from five minutes on', () => {
    expect(ids({ gpus: [{ phases: [train(600), spin(300)] }] })).toEqual(['hung']);
    expect(ids({ gpus: [{ phases: [train(600), spin(290)] }] })).toEqual([]);
  });

  it('is told once for all its GPUs, with what was measured and what was not', () => {
    const four = Array.from({ length: 4 }, (): GpuSpec => ({ phases: [train(600), spin(1800)] }));
    const [finding, ...more] = found({ gpus: four });
    expect(more).toEqual([]);
    expect(finding).toMatchObject({ id: 'hung', entity: null, from: 600, to: 2400 });
    expect(finding?.text).toContain('All 4 GPUs ran kernels for 30 min that did no work');
    expect(finding?.text).toContain('2.0 GPU-hours');
    expect(finding?.evidence).toEqual([
      'busy 99 %, yet DRAM 0.5 %, tensor 0.1 %',
      'not measured: the FP32, FP64, integer pipes; work on them alone looks the same',
    ]);
  });

  it('is told GPU by GPU where one of its processes died', () => {
    const dead: GpuSpec = { phases: [train(600), { seconds: 400, busy: 0 }] };
    const waiting: GpuSpec = { phases: [train(600), spin(400)] };
    expect(found({ gpus: [dead, waiting, waiting] }).map(({ id, entity }) => [id, entity])).toEqual([
      ['hung', '#1'],
      ['hung', '#2'],
    ]);
  });

  it('is not two short pauses with work between them: together they are no five minutes', () => {
    expect(ids({ gpus: [{ phases: [train(600), spin(200), train(600), spin(200)] }] })).toEqual([]);
  });

  it('counts no GPU of which nothing was heard yet: what it does later says nothing of the time before', () => {
    const [finding] = found({ gpus: [{ phases: [spin(600), train(600)] }, { phases: [{ ...train(600), gap: 600 }] }] });
    expect(finding).toMatchObject({ id: 'hung', from: 0, to: 600 });
  });

  it('is not one of which two ranks work: a pipeline waits for its slowest stage', () => {
    const works: GpuSpec = { phases: [train(600)] };
    const waits: GpuSpec = { phases: [spin(600)] };
    expect(ids({ gpus: [works, works, waits, waits] })).toEqual([]);
  });

  it('shows the watchdog’s line, which comes minutes after the work stopped', () => {
    const at = (seconds: number) =>
      found({
        gpus: [{ phases: [train(600), spin(600), { seconds: 600, busy: 0 }] }],
        events: [{ at: seconds, entity: null, kind: 'nccl-timeout' as const, text: 'Watchdog caught collective operation timeout' }],
      }).find(({ from, to }) => from === 600 && to === 1200)?.evidence;
    expect(at(1500)).toContain('log: Watchdog caught collective operation timeout');
    expect(at(1501)?.join()).not.toContain('log:');
  });

  it('is also what NCCL’s watchdog says', () => {
    const events = [
      { at: 500, entity: null, kind: 'nccl-timeout' as const, text: 'Watchdog caught collective operation timeout: WorkNCCL(SeqNum=7, OpType=ALLREDUCE)' },
    ];
    const [finding] = found({ gpus: [{ phases: [train(600)] }], events });
    expect(finding).toMatchObject({ id: 'hung', from: 500, to: 500 });
    expect(finding?.evidence[0]).toContain('OpType=ALLREDUCE');
  });
});

describe('one rank that works', () => {
  const works: GpuSpec = { phases: [train(600)] };
  const waits: GpuSpec = { phases: [spin(600)] };

  it('while the others spin is its own finding', () => {
    const [finding, ...more] = found({ gpus: [works, waits, waits, waits] });
    expect(more).toEqual([]);
    expect(finding).toMatchObject({ id: 'one-rank-working', entity: '#0', from: 0, to: 600 });
    expect(finding?.text).toContain('Only GPU 0 worked for 10 min; GPU 1, GPU 2, GPU 3 wait for it in a spinning kernel (0.50 GPU-hours)');
  });

  it('is told from five minutes on', () => {
    const after = (seconds: number): GpuSpec[] => [{ phases: [train(900)] }, { phases: [train(900 - seconds), spin(seconds)] }];
    expect(ids({ gpus: after(290) })).toEqual([]);
    expect(ids({ gpus: after(300) })).toEqual(['one-rank-working']);
  });

  it('is not one GPU that works beside idle ones', () => {
    expect(ids({ gpus: [works, { phases: [{ seconds: 600, busy: 0 }] }] })).toEqual(['unused-gpus']);
  });
});
