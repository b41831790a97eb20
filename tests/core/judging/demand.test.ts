import { describe, expect, it } from 'vitest';
import { analyse } from '../../../core/analyse/index.ts';
import type { MetricId } from '../../../core/readings/index.ts';
import { made, runOf } from '../../support/telemetry.ts';

type Values = Partial<Record<MetricId, number | ((sample: number) => number)>>;

/** A server on a GPU that works 60 % of the time, looked at every `period` seconds for ten minutes. */
function told(period: number, values: Values, host: Values = {}) {
  const gpu = made('gpu', { node: 'n1', samples: 600, facts: { name: 'NVIDIA A40' }, values: { 'gpu.util': 0.6, 'gpu.memUsed': 30e9 } });
  const engine = made('engine', {
    id: 'vllm@n1:8000',
    node: 'n1',
    samples: 600 / period,
    period,
    values: { 'engine.running': 1, 'engine.waiting': 0, 'engine.generationTokens': 15, 'engine.requests': 0.1, ...values },
  });
  const beside = Object.keys(host).length === 0 ? [] : [made('host', { id: 'n1', samples: 600, values: host })];
  return analyse(runOf(gpu, engine, ...beside)).verdict;
}

describe('requests that are seen running at two looks', () => {
  it('prove no demand between them: a user who thinks after each answer is no slow host', () => {
    const verdict = told(15, {});
    expect(verdict.bottleneck).toBe('unknown');
    expect(verdict.why.join(' ')).toMatch(/nobody asked, or the host was slow; the engine was looked at every 15 s/);
    expect(verdict.missing.join(' ')).toMatch(/scrape the engine every 1–2 s/);
  });
  it('prove it where the looks are a second or two apart', () => {
    const candidates = (period: number) => told(period, { 'engine.requests': 0.5 }).why.join(' ');
    expect(candidates(2)).toMatch(/requests were running while no kernel did/);
    expect(candidates(3)).toMatch(/nobody asked/);
  });
  it('prove it where others wait, where there are always some, or where each lasts from look to look', () => {
    const running = /requests were running while no kernel did/;
    expect(told(15, { 'engine.waiting': 1 }).why.join(' ')).toMatch(running);
    expect(told(15, { 'engine.running': 3, 'engine.requests': 0.5 }).why.join(' ')).toMatch(running);
    expect(told(15, { 'engine.running': 2.9, 'engine.requests': 0.5 }).why.join(' ')).not.toMatch(running);
    // One at a time, one finished every 19 s: each lasts as long, which is more than one look and a quarter. 15 s may be in step with them.
    expect(told(15, { 'engine.requests': 1 / 19 }).why.join(' ')).toMatch(running);
    expect(told(15, { 'engine.requests': 1 / 18 }).why.join(' ')).not.toMatch(running);
  });
  it('leave the word to what the host itself shows', () => {
    expect(told(15, {}, { 'host.cpuMaxThread': 0.99 })).toMatchObject({ bottleneck: 'host' });
  });
});

/** A client that sends 32 requests together, waits for all and thinks: `asked` of every `round` seconds there are some, and the GPU works all of that time. */
function batches({ asked, round, look, sample }: { asked: number; round: number; look: number; sample: number }, busyWhileAsked = 1) {
  const phase = (at: number) => at % round;
  const overlap = (at: number) => {
    let sum = 0;
    for (let k = 1; k <= 100; k += 1) sum += phase(at - (sample * k) / 100 + round * 100) < asked ? 0.01 : 0;
    return sum;
  };
  const gpu = made('gpu', {
    node: 'n1',
    samples: 900 / sample,
    period: sample,
    facts: { name: 'NVIDIA A40' },
    values: { 'gpu.grActive': (_, at) => busyWhileAsked * overlap(at), 'gpu.memUsed': 30e9 },
  });
  const engine = made('engine', {
    id: 'vllm@n1:8000',
    node: 'n1',
    samples: 900 / look,
    period: look,
    values: {
      'engine.running': (_, at) => (phase(at) < asked ? 32 : 0),
      'engine.waiting': 0,
      'engine.generationTokens': 500,
      'engine.requests': 32 / round,
    },
  });
  return analyse(runOf(gpu, engine)).verdict;
}

describe('many requests that one client sends together', () => {
  it('prove no demand between the looks: the part of the looks that saw some is the part of the time', () => {
    const verdict = batches({ asked: 7, round: 17, look: 5, sample: 1 });
    expect(verdict).toMatchObject({ bottleneck: 'unknown' });
    expect(verdict.candidates).toEqual(['host', 'idle']);
    expect(batches({ asked: 12, round: 31, look: 15, sample: 5 }).bottleneck).not.toBe('host');
  });
  it('prove none within a sample of the GPU that is longer than they are, however often the engine is looked at', () => {
    const verdict = batches({ asked: 4, round: 11, look: 1, sample: 10 });
    expect(verdict.bottleneck).toBe('unknown');
    expect(verdict.why.join(' ')).toMatch(/3[5-7] % of the looks at the engine saw a request, and kernels ran 3[5-7] % of that time/);
    expect(verdict.missing.join(' ')).toMatch(/sample the GPU as often as the engine/);
  });
  it('may be in step with the looks, so that each sees some: what empties the GPU for whole samples is not told from thinking', () => {
    expect(batches({ asked: 5, round: 15, look: 15, sample: 1 }).bottleneck).toBe('unknown');
  });
  it('leave a slow host where it is: there are some at every look, and kernels in every sample', () => {
    const always = batches({ asked: 15, round: 15, look: 5, sample: 1 }, 0.4);
    expect(always.bottleneck).toBe('host');
    expect(always.grade).toBeGreaterThan(0.5);
    const half = batches({ asked: 30, round: 60, look: 1, sample: 1 }, 0.3);
    expect(half.bottleneck).toBe('host');
    expect(half.grade).toBeGreaterThan(0.5);
  });
});
