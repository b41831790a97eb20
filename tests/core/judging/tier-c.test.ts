import { describe, expect, it } from 'vitest';
import { analyse } from '../../../core/analyse/index.ts';
import type { MetricId } from '../../../core/readings/index.ts';
import { made, runOf } from '../../support/telemetry.ts';

type Values = Partial<Record<MetricId, number | ((sample: number) => number)>>;

function seen(name: string, values: Values, samples = 60) {
  return analyse(runOf(made('gpu', { samples, facts: { name }, values }))).verdict;
}
const A100 = 'NVIDIA A100-SXM4-40GB';
const H100 = 'NVIDIA H100 80GB HBM3';

/** 80 GB by its name: the type whose scale was measured on one site. */
const A100_80 = 'NVIDIA A100-SXM4-80GB';

describe('an A100 of 80 GB', () => {
  it('reads like its bytes: 76 is memory at most by half, with the share and its error; 15 is not memory', () => {
    const verdict = seen(A100_80, { 'gpu.util': 0.96, 'gpu.memUtil': 0.76, 'gpu.power': 293 });
    expect(verdict).toMatchObject({ bottleneck: 'memory', grade: 0.5, activity: 'unknown' });
    expect(verdict.why[0]).toBe(
      'utilization.memory 76 % (median of 60 busy samples; memory about 71 % of the achievable, ± 5 %): consistent with memory-bound, not proven',
    );
    expect(seen(A100_80, { 'gpu.util': 1, 'gpu.memUtil': 0.15, 'gpu.power': 427 })).toMatchObject({
      bottleneck: 'unknown',
      candidates: ['compute', 'overhead'],
    });
  });
  it('is judged by the median, which bursts of prompts do not pull down, and by two thirds of its samples', () => {
    // Every fifth sample is a prompt: the mean is 0.65.
    expect(seen(A100_80, { 'gpu.util': 0.96, 'gpu.memUtil': (i) => (i % 5 === 0 ? 0.2 : 0.76) })).toMatchObject({ bottleneck: 'memory' });
    expect(seen(A100_80, { 'gpu.util': 0.96, 'gpu.memUtil': (i) => (i % 20 < 12 ? 0.76 : 0.5) })).toMatchObject({
      bottleneck: 'unknown',
      candidates: ['memory', 'compute', 'overhead'],
    });
    expect(seen(A100_80, { 'gpu.util': 0.96, 'gpu.memUtil': (i) => (i % 3 < 2 ? 0.76 : 0.5) })).toMatchObject({ bottleneck: 'memory' });
  });
  it('with two kinds of work by turns has no label, and says how much of each at which power', () => {
    const verdict = seen(A100_80, { 'gpu.util': 0.97, 'gpu.memUtil': (i) => (i % 10 < 6 ? 0.82 : 0.2), 'gpu.power': (i) => (i % 10 < 6 ? 337 : 495) });
    expect(verdict).toMatchObject({ bottleneck: 'unknown', grade: 0, candidates: ['memory', 'compute', 'overhead'] });
    expect(verdict.why[0]).toBe('two kinds of work alternate: 60 % of the busy time near the memory limit at 337 W, 40 % far from it at 495 W');
    // Of a type whose scale is unknown nothing says where the limit lies.
    expect(seen(A100, { 'gpu.util': 0.97, 'gpu.memUtil': (i) => (i % 10 < 6 ? 0.82 : 0.2) }).why.join()).not.toContain('two kinds');
  });
  it('of 40 GB has no scale: another card', () => {
    expect(seen(A100, { 'gpu.util': 0.96, 'gpu.memUtil': 0.76 })).toMatchObject({ bottleneck: 'unknown' });
  });
  it('is ordered among the GPUs of a server by watts per point, also where it never rested', () => {
    const half = (id: string, values: Values) =>
      made('gpu', { id, node: 'n1', samples: 60, facts: { name: A100_80 }, values: { 'gpu.powerLimit': 500, ...values } });
    const server = made('process', { id: 'n1/1', node: 'n1', samples: 60, facts: { engine: 'vllm', command: 'vllm serve m' }, values: { 'process.cpu': 1 } });
    const { gpus } = analyse(
      runOf(
        half('GPU-0', { 'gpu.util': 1, 'gpu.memUtil': 0.15, 'gpu.power': 427 }),
        half('GPU-1', { 'gpu.util': 0.9, 'gpu.memUtil': 0.52, 'gpu.power': 245 }),
        server,
      ),
    );
    expect(gpus[0]?.verdict.why.join()).toContain('prefill-like relative to GPU GPU-1: 7.8 times the power above idle per memory traffic');
    expect(gpus[1]?.verdict.why.join()).not.toContain('prefill-like');
  });
});

describe('nvidia-smi alone', () => {
  it('utilization.memory of 80 % while busy is consistent with memory-bound: graded 0.5 where its scale is unknown', () => {
    const verdict = seen(A100, { 'gpu.util': 0.99, 'gpu.memUtil': 0.8 });
    expect(verdict).toMatchObject({
      bottleneck: 'memory',
      grade: 0.5,
      tier: 'C',
      activity: 'unknown',
      activityGrade: 0,
      evidence: ['nvidia-smi'],
      headroom: null,
    });
    expect(verdict.why[0]).toBe('utilization.memory 80 % (median of 60 busy samples): consistent with memory-bound, not proven');
    expect(verdict.gradeWhy).toContain('not calibrated');
  });
  it('and 0.6 on H100, where it follows bandwidth', () => {
    expect(seen(H100, { 'gpu.util': 0.99, 'gpu.memUtil': 0.8 })).toMatchObject({ bottleneck: 'memory', grade: 0.6 });
  });
  it('just under 80 % it is at most 0.5 there and nothing elsewhere, under 75 % nothing anywhere', () => {
    expect(seen(H100, { 'gpu.util': 0.99, 'gpu.memUtil': 0.799 })).toMatchObject({ bottleneck: 'memory', grade: 0.5 });
    expect(seen(A100, { 'gpu.util': 0.99, 'gpu.memUtil': 0.799 })).toMatchObject({ bottleneck: 'unknown' });
    expect(seen(H100, { 'gpu.util': 0.99, 'gpu.memUtil': 0.749 })).toMatchObject({
      bottleneck: 'unknown',
      grade: 0,
      candidates: ['memory', 'compute', 'overhead'],
    });
  });
  it('nine busy samples are too few', () => {
    const nine: Values = { 'gpu.util': (i) => (i < 9 ? 0.9 : 0.7), 'gpu.memUtil': 0.95 };
    expect(seen(H100, nine)).toMatchObject({ bottleneck: 'unknown' });
    expect(seen(H100, { ...nine, 'gpu.util': (i) => (i < 10 ? 0.9 : 0.7) })).toMatchObject({ bottleneck: 'memory' });
  });
  it('samples count as busy from 80 %, so that the hottest moments are not picked', () => {
    expect(seen(H100, { 'gpu.util': 0.8, 'gpu.memUtil': 0.9 })).toMatchObject({ bottleneck: 'memory' });
    expect(seen(H100, { 'gpu.util': 0.799, 'gpu.memUtil': 0.9 })).toMatchObject({ bottleneck: 'unknown' });
  });
  it('low traffic excludes memory where the scale is calibrated', () => {
    const verdict = seen(H100, { 'gpu.util': 0.99, 'gpu.memUtil': 0.329 });
    expect(verdict).toMatchObject({ bottleneck: 'unknown', candidates: ['compute', 'overhead'] });
    expect(verdict.why[0]).toContain('memory bandwidth is not the limit');
    expect(seen(H100, { 'gpu.util': 0.99, 'gpu.memUtil': 0.33 }).candidates).toEqual(['memory', 'compute', 'overhead']);
  });
  it('and nothing elsewhere: decode read 37 to 53 on an A100', () => {
    const verdict = seen(A100, { 'gpu.util': 0.99, 'gpu.memUtil': 0.1 });
    expect(verdict.candidates).toEqual(['memory', 'compute', 'overhead']);
    expect(verdict.why[0]).toBe('low memory traffic on this counter (10 %), scale unknown on this GPU');
  });
  it('power near the reported limit is a note, never compute', () => {
    const verdict = seen(A100, { 'gpu.util': 0.99, 'gpu.memUtil': 0.5, 'gpu.power': 340, 'gpu.powerLimit': 400 });
    expect(verdict.bottleneck).toBe('unknown');
    expect(verdict.why.join()).toContain('power 85 % of the reported limit: a note, no evidence for compute');
    expect(seen(A100, { 'gpu.util': 0.99, 'gpu.memUtil': 0.5, 'gpu.power': 339, 'gpu.powerLimit': 400 }).why.join()).not.toContain('power');
  });
  it('without a reported limit none is assumed', () => {
    expect(seen('Tesla V100-PCIE-16GB', { 'gpu.util': 0.99, 'gpu.memUtil': 0.5, 'gpu.power': 249 }).why.join()).not.toContain('limit');
  });
  it('busy with little traffic at low power names what it could be', () => {
    expect(seen(A100, { 'gpu.util': 0.99, 'gpu.memUtil': 0.2, 'gpu.power': 180, 'gpu.powerLimit': 400 }).why.join()).toContain('busy but low energy');
  });
  it('gaps without /proc are starvation of unknown cause', () => {
    const verdict = seen(A100, { 'gpu.util': 0.5, 'gpu.memUtil': 0.2 });
    expect(verdict).toMatchObject({ bottleneck: 'unknown', candidates: ['host', 'storage'] });
    expect(verdict.why[0]).toBe('GPU starved for 50 % of the time, cause unknown');
    expect(verdict.missing.join()).toContain('I/O pressure');
  });
  it('utilisation near zero with memory held is idle', () => {
    expect(seen(A100, { 'gpu.util': 0.02, 'gpu.memUsed': 30e9, 'gpu.power': 60 })).toMatchObject({ bottleneck: 'idle', activity: 'idle', grade: 0.85 });
  });
  it('power at half of the limit is little, more is not', () => {
    const at = (watts: number) => seen(A100, { 'gpu.util': 0.99, 'gpu.memUtil': 0.2, 'gpu.power': watts, 'gpu.powerLimit': 400 }).why.join();
    expect(at(200)).toContain('busy but low energy (50 % of the limit)');
    expect(at(201)).not.toContain('low energy');
  });
  it('counts busy samples and their power over hours, not over the first minutes', () => {
    const { why } = seen(A100, { 'gpu.util': 0.99, 'gpu.memUtil': 0.85, 'gpu.power': 340, 'gpu.powerLimit': 400 }, 1200);
    expect(why[0]).toContain('median of 1200 busy samples');
    expect(why.join()).toContain('power 85 % of the reported limit');
  });
  it('counts no sample in which nothing was asked of the server: the sampler remembers the time before', () => {
    const asked = (i: number): boolean => i % 10 < 6;
    const running = (i: number): number => (asked(i) ? 4 : 0);
    const { why } = analyse(
      runOf(
        made('gpu', {
          node: 'n1',
          samples: 120,
          period: 10,
          facts: { name: H100 },
          values: { 'gpu.util': (i) => (asked(i) ? 0.99 : 0.85), 'gpu.memUtil': 0.9 },
        }),
        made('engine', { id: 'vllm@n1', node: 'n1', samples: 120, period: 10, values: { 'engine.running': running, 'engine.waiting': 0 } }),
      ),
    ).verdict;
    expect(why.join()).toContain('median of 72 busy samples');
  });
  it('names compute, prefill, decode or training for no mixture of its columns', () => {
    const values = [0, 0.1, 0.35, 0.5, 0.8, 0.95, 1];
    const found = new Set<string>();
    for (const name of [A100, H100, 'NVIDIA A40', 'Tesla T4']) {
      for (const util of values) {
        for (const memUtil of values) {
          for (const power of [60, 250, 399]) {
            const { bottleneck, activity } = seen(name, { 'gpu.util': util, 'gpu.memUtil': memUtil, 'gpu.power': power, 'gpu.powerLimit': 400 }, 12);
            found.add(bottleneck).add(activity);
          }
        }
      }
    }
    expect([...found].sort()).toEqual(['idle', 'memory', 'unknown']);
  });
});

describe('the host beside nvidia-smi', () => {
  /** As `dmon -s t` prints them: a thread that polls for copies would wait for nothing here. */
  const NO_COPIES: Values = { 'gpu.pcieRx': 1e7, 'gpu.pcieTx': 1e7 };
  const with_ = (util: number, host: Values, copies: Values = NO_COPIES) =>
    analyse(
      runOf(
        made('gpu', { node: 'n1', samples: 60, facts: { name: A100 }, values: { 'gpu.util': util, 'gpu.memUtil': 0.2, ...copies } }),
        made('host', { id: 'n1', samples: 60, values: host }),
      ),
    ).verdict;
  it('a hot thread explains more empty than busy time at the grade of what is seen directly', () => {
    expect(with_(0.3, { 'host.cpuMaxThread': 1 })).toMatchObject({ bottleneck: 'host', tier: 'C', grade: 0.85 });
  });
  it('a hot thread may poll for copies that nobody looked at: at most a half, with what would tell', () => {
    const verdict = with_(0.3, { 'host.cpuMaxThread': 1 }, {});
    expect(verdict).toMatchObject({ bottleneck: 'host', grade: 0.5, candidates: ['transfer'] });
    expect(verdict.missing.join()).toContain('copies over PCIe, both ways');
  });
  it('less empty than busy time leaves open what the busy time is limited by', () => {
    const verdict = with_(0.6, { 'host.cpuMaxThread': 1 });
    expect(verdict).toMatchObject({ bottleneck: 'host', candidates: ['memory', 'compute', 'overhead'] });
    expect(verdict.grade).toBeLessThanOrEqual(0.5);
  });
  it('hardly more empty than busy time is graded at its edge: what the busy time waits for may be as large', () => {
    expect(with_(0.45, { 'host.cpuMaxThread': 1 })).toMatchObject({ bottleneck: 'host', grade: 0.425 });
  });
  it('a third of the time is the least', () => {
    expect(with_(0.67, { 'host.cpuMaxThread': 1 }).bottleneck).toBe('host');
    expect(with_(0.671, { 'host.cpuMaxThread': 1 }).bottleneck).toBe('unknown');
  });
  it('one process blocked on I/O all the time is storage: a loader in a single process has no second one to block', () => {
    expect(with_(0.3, { 'host.procsBlocked': 1 })).toMatchObject({ bottleneck: 'storage', tier: 'C' });
    expect(with_(0.3, { 'host.procsBlocked': 0.99 }).bottleneck).toBe('unknown');
  });
  it('a GPU that waits for its disk is starved, not idle: nobody may be told to give it back', () => {
    expect(with_(0.01, { 'host.diskBusy': 0.33, 'host.psiIo': 0.33 })).toMatchObject({ bottleneck: 'storage', activity: 'unknown' });
    expect(with_(0.01, { 'host.diskBusy': 0.329, 'host.psiIo': 0.33 }).bottleneck).toBe('idle');
  });
  it('a busy disk for which no process waits is somebody else’s: the GPU is idle', () => {
    expect(with_(0.01, { 'host.diskBusy': 1, 'host.psiIo': 0.32 }).bottleneck).toBe('idle');
  });
  it('storage is graded as tier C', () => {
    expect(with_(0.3, { 'host.psiIo': 0.6 })).toMatchObject({ bottleneck: 'storage', tier: 'C', grade: 0.6 });
  });
  it('a full network line decides without any share of the GPU, at 80 % of the raw rate', () => {
    const line = (rate: number) => with_(0.9, { 'host.ibRxRate': rate, 'host.ibTxRate': rate, 'host.ibSpeed': 12.5e9 });
    expect(line(10e9)).toMatchObject({ bottleneck: 'network', tier: 'C', grade: 0.6 });
    expect(line(9.9e9).bottleneck).toBe('unknown');
  });
  it('PCIe as dmon prints it decides by itself', () => {
    expect(
      analyse(runOf(made('gpu', { samples: 60, facts: { name: A100 }, values: { 'gpu.util': 0.5, 'gpu.pcieRx': 20e9, 'gpu.pcieTx': 1e9 } }))).verdict,
    ).toMatchObject({ bottleneck: 'transfer', tier: 'C', grade: 0.6 });
  });
});

describe('two GPUs of one LLM job', () => {
  const busyAfter = (i: number) => i >= 20;
  const gpu = (id: string, watts: number, memUtil: number) =>
    made('gpu', {
      id,
      node: 'n1',
      samples: 60,
      facts: { name: A100 },
      values: {
        'gpu.util': (i) => (busyAfter(i) ? 0.97 : 0),
        'gpu.memUtil': (i) => (busyAfter(i) ? memUtil : 0),
        'gpu.power': (i) => (busyAfter(i) ? watts : 60),
      },
    });
  const server = made('process', { id: 'n1/9', node: 'n1', samples: 60, values: { 'process.cpu': 1 }, facts: { engine: 'vllm', command: 'vllm serve x' } });
  const remarks = (watts: number, server_: boolean) =>
    analyse(runOf(gpu('a', watts, 0.2), gpu('b', 260, 0.5), ...(server_ ? [server] : []))).gpus.map(({ verdict }) => verdict.why.join());
  it('are ordered by power above idle per memory traffic when three times apart', () => {
    const [first, second] = remarks(300, true);
    expect(first).toContain('prefill-like relative to GPU b: 3.0 times');
    expect(second).not.toContain('prefill-like');
    expect(remarks(299, true).join()).not.toContain('prefill-like');
  });
  it('but not where nothing says that they serve an LLM', () => {
    expect(remarks(300, false).join()).not.toContain('prefill-like');
  });
  it('which names no activity', () => {
    const { gpus } = analyse(runOf(gpu('a', 300, 0.2), gpu('b', 260, 0.5), server));
    expect(gpus.map(({ verdict }) => verdict.activity)).toEqual(['serving', 'serving']);
    expect(gpus.every(({ verdict }) => verdict.activityGrade <= 0.5)).toBe(true);
  });
});
