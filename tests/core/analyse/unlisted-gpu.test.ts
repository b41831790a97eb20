import { describe, expect, it } from 'vitest';
import { analyse } from '../../../core/analyse/index.ts';
import type { MetricId, Table } from '../../../core/readings/index.ts';
import { made, runOf } from '../../support/telemetry.ts';

type Values = Partial<Record<MetricId, number>>;

const gpu = (name: string, values: Values): Table => made('gpu', { id: 'g', node: 'n1', samples: 120, period: 10, facts: { name }, values });

/** Counter shares, which need no table: what each answers on a GPU that nobody listed. */
const CASES: readonly [string, Values, string][] = [
  ['dram', { 'gpu.grActive': 0.98, 'gpu.tensorActive': 0.05, 'gpu.dramActive': 0.7, 'gpu.fp32Active': 0.05 }, 'memory'],
  ['tensor', { 'gpu.grActive': 0.98, 'gpu.tensorActive': 0.7, 'gpu.dramActive': 0.3 }, 'compute'],
  ['no activity', { 'gpu.grActive': 0, 'gpu.tensorActive': 0, 'gpu.dramActive': 0 }, 'idle'],
];

describe('a GPU that the table does not list', () => {
  it.each(CASES)('gets the verdict that %s counters give, as a listed one does', (_, values, label) => {
    const [unlisted, listed] = [gpu('NVIDIA Foo 123', values), gpu('NVIDIA A100-SXM4-40GB', values)].map((table) => analyse(runOf(table)).verdict);
    expect(unlisted?.bottleneck).toBe(label);
    expect([unlisted?.bottleneck, unlisted?.grade]).toEqual([listed?.bottleneck, listed?.grade]);
  });

  it('gets the verdict that the host gives for its empty time', () => {
    const host = made('host', {
      id: 'n1',
      node: 'n1',
      samples: 120,
      period: 10,
      facts: { cores: '16' },
      values: { 'host.cpu': 0.95, 'host.cpuMaxThread': 1, 'host.psiCpu': 0.5, 'host.cores': 16 },
    });
    const empty = { 'gpu.grActive': 0.35, 'gpu.tensorActive': 0.1, 'gpu.dramActive': 0.1, 'gpu.fp32Active': 0.02 };
    const [unlisted, listed] = ['NVIDIA Foo 123', 'NVIDIA A100-SXM4-40GB'].map((name) => analyse(runOf(gpu(name, empty), host)).verdict);
    expect(unlisted?.bottleneck).toBe('host');
    expect([unlisted?.bottleneck, unlisted?.grade]).toEqual([listed?.bottleneck, listed?.grade]);
  });

  it('has no figure of a limit that nobody knows', () => {
    const { verdict, roofline } = analyse(runOf(gpu('NVIDIA Foo 123', CASES[0]?.[1] ?? {})));
    expect(verdict.shares.transfer).toBeNull();
    expect(roofline).toBeNull();
  });
});
