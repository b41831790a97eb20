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
    // One at a time, one finished every 15.5 s: each lasts as long.
    expect(told(15, { 'engine.requests': 1 / 15.5 }).why.join(' ')).toMatch(running);
    expect(told(15, { 'engine.requests': 1 / 14 }).why.join(' ')).not.toMatch(running);
  });
  it('leave the word to what the host itself shows', () => {
    expect(told(15, {}, { 'host.cpuMaxThread': 0.99 })).toMatchObject({ bottleneck: 'host' });
  });
});
