import { describe, expect, it } from 'vitest';
import { analyse } from '../../../core/analyse/index.ts';
import type { MetricId, Table } from '../../../core/readings/index.ts';
import { made, runOf } from '../../support/telemetry.ts';

type Values = Partial<Record<MetricId, number>>;
const H100 = { name: 'NVIDIA H100 80GB HBM3' };
const card = (values: Values, facts: Record<string, string> = H100): Table => made('gpu', { samples: 60, facts, values });
const host = (values: Values): Table => made('host', { samples: 60, facts: { cores: '16' }, values });
const processes = (values: Values): Table => made('process', { samples: 60, values });
const judged = (...tables: Table[]) => analyse(runOf(...tables)).verdict;

/** What nvidia-smi shows of a held card: a context, full clocks, nothing runs. */
const HELD: Values = { 'gpu.util': 0, 'gpu.memUsed': 20e9, 'gpu.power': 121, 'gpu.powerLimit': 700, 'gpu.smClock': 1980e6 };

describe('rest', () => {
  it('is told with certainty where the power is that of rest', () => {
    expect(judged(card(HELD))).toMatchObject({ bottleneck: 'idle', grade: 0.85 });
  });
  it('is not told where the card draws a quarter of the way to its limit: it worked a quarter of the time, between the looks', () => {
    const analysis = analyse(runOf(card({ ...HELD, 'gpu.util': 0.01, 'gpu.power': 266 })));
    expect(analysis.verdict).toMatchObject({ bottleneck: 'unknown', grade: 0 });
    expect(analysis.findings.map(({ id }) => id)).toContain('sources-disagree');
    expect(JSON.stringify(analysis.findings)).toContain('at least 25 % of the time');
  });
  it('is taken for what a T4 draws with a context open on a card that nobody measured', () => {
    const t4 = (watts: number) => card({ ...HELD, 'gpu.memUsed': 5e9, 'gpu.power': watts, 'gpu.powerLimit': 70, 'gpu.smClock': 1590e6 }, { name: 'Tesla T4' });
    expect(judged(t4(28))).toMatchObject({ bottleneck: 'idle', grade: 0.85 });
    expect(judged(t4(40))).toMatchObject({ bottleneck: 'unknown' });
  });
  it('is worth no more than tier C without a power to compare', () => {
    const { 'gpu.power': _power, ...rest } = HELD;
    expect(judged(card(rest))).toMatchObject({ bottleneck: 'idle', grade: 0.6 });
    expect(judged(card({ ...HELD, 'gpu.grActive': 0, 'gpu.tensorActive': 0, 'gpu.dramActive': 0 }))).toMatchObject({ bottleneck: 'idle', grade: 0.85 });
  });
  it('is no rest while nvidia-smi sees the GPU busy that a profiling counter shows empty', () => {
    const quiet = { 'gpu.grActive': 0.01, 'gpu.tensorActive': 0.001, 'gpu.dramActive': 0.03 };
    expect(judged(card({ ...HELD, ...quiet, 'gpu.util': 0.18 })).bottleneck).not.toBe('idle');
  });
  it('is no rest while copies go over a line of unknown speed, and no hot thread is blamed for them', () => {
    const streams: Values = { 'gpu.grActive': 0.01, 'gpu.tensorActive': 0, 'gpu.dramActive': 0.03, 'gpu.pcieRx': 57e9 };
    const noName = card(streams, {});
    expect(judged(noName)).toMatchObject({ bottleneck: 'unknown' });
    expect(judged(noName).candidates).toContain('transfer');
    expect(judged(noName).why.join(' ')).toMatch(/while PCIe carried 57\.0 GB\/s over a line whose speed is not known/);
    const { bottleneck, grade } = judged(noName, processes({ 'process.maxThread': 1 }));
    expect(bottleneck === 'host' ? grade : 0).toBeLessThanOrEqual(0.5);
    expect(judged(card(streams))).toMatchObject({ bottleneck: 'transfer', grade: 0.85 });
  });
  it('is the host’s work where all of its cores are busy meanwhile', () => {
    expect(judged(card(HELD), host({ 'host.cpu': 0.97, 'host.cores': 16 })).bottleneck).toBe('host');
    expect(judged(card(HELD), host({ 'host.cpu': 0.1, 'host.cores': 16 }))).toMatchObject({ bottleneck: 'idle', grade: 0.85 });
  });
  it('is doubted while the job’s own processes compute or move bytes', () => {
    expect(judged(card(HELD), processes({ 'process.maxThread': 1 }))).toMatchObject({ bottleneck: 'idle', grade: 0.5 });
    expect(judged(card(HELD), processes({ 'process.maxThread': 0.2, 'process.writeBytes': 5e8 }))).toMatchObject({ bottleneck: 'idle', grade: 0.5 });
    expect(judged(card(HELD), processes({ 'process.maxThread': 0.2, 'process.writeBytes': 5e6 }))).toMatchObject({ bottleneck: 'idle', grade: 0.85 });
  });
  it('is no rest where a little runs all the time beside a hot thread of the job: steps of 8 ms every 160 ms', () => {
    const little = { ...HELD, 'gpu.util': 0.04, 'gpu.power': 145 };
    expect(judged(card(little), processes({ 'process.maxThread': 1 }))).toMatchObject({ bottleneck: 'host' });
    expect(judged(card(little))).toMatchObject({ bottleneck: 'idle', grade: 0.5 });
  });
  it('does not last from two looks a second apart to two at work half a minute later: that pause is nobody’s pace', () => {
    const looks = made('gpu', { samples: 4, facts: H100, values: { 'gpu.util': (i) => (i < 2 ? 0 : 1), 'gpu.power': (i) => (i < 2 ? 78 : 627) } });
    expect(judged({ ...looks, t: Float64Array.of(0, 1.1, 24, 24.8) }).bottleneck).toBe('unknown');
  });
});
