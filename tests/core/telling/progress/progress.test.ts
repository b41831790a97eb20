import { describe, expect, it } from 'vitest';
import type { AnalyseOptions } from '../../../../core/judging/index.ts';
import { progressOf } from '../../../../core/telling/index.ts';
import { ANOTHER_SITE } from '../../../support/another-site.ts';
import { judged, type GpuSpec } from '../findings/judged.ts';
import { table } from '../../../support/telemetry.ts';

type Columns = Parameters<typeof table>[2];
const trainer = (columns: Columns) => table('engine', 'hf-trainer@?', columns);
const gpus: readonly GpuSpec[] = [{ phases: [{ seconds: 1000, busy: 0.9, bottleneck: 'compute' }] }];
const run = (engines: readonly ReturnType<typeof table>[], options: AnalyseOptions = {}) => progressOf(judged({ gpus, engines, options }));
const rows = (count: number, value: (i: number) => number): number[] => Array.from({ length: count }, (_, i) => value(i));

describe('progress', () => {
  it('is null where nothing shows any', () => {
    expect(run([])).toBeNull();
    expect(run([table('engine', 'vllm@?', { 'engine.running': [1, 2, 3] })])).toBeNull();
  });

  it('is a trainer’s tokens per second, the last five minutes against its own median', () => {
    expect(run([trainer({ 'engine.trainTokenRate': rows(100, (i) => (i < 70 ? 14_000 : 9_000)), 'engine.trainSteps': rows(100, () => 0.4) })])).toEqual({
      unit: 'tokens/s',
      now: 9000,
      median: 14_000,
      lastProgressAt: 1000,
    });
  });

  it('is steps where tokens are not told', () => {
    expect(run([trainer({ 'engine.trainSteps': rows(100, () => 0.5) })])).toMatchObject({ unit: 'steps/s', now: 0.5, median: 0.5 });
    expect(run([trainer({ 'engine.trainStepTime': rows(100, () => 4) })])).toMatchObject({ unit: 'steps/s', now: 0.25, median: 0.25 });
    // One of 41 s and one of 19 s are two steps in a minute: 1/30 a second, and not the mean of 1/41 and 1/19.
    expect(run([trainer({ 'engine.trainStepTime': rows(100, (i) => (i % 2 === 0 ? 41 : 19)) })])?.now).toBeCloseTo(1 / 30, 4);
  });

  it('has a trainer’s own words beside it: per GPU, and what generation takes of a step', () => {
    const log = trainer({
      'engine.trainStepTime': rows(100, () => 100),
      'engine.trainTokenRatePerGpu': rows(100, (i) => (i % 2 === 0 ? 3000 : 3400)),
      'engine.trainMfu': rows(100, () => 0.318),
      'engine.trainRollout': rows(100, () => 0.75),
    });
    expect(run([log])?.logged).toEqual([
      '100.0 s a step, as logged',
      '3200 tokens/s (3000 tokens/s to 3400 tokens/s) per GPU, as logged',
      'MFU 0.318, as logged',
      '75 % of a step is generation (75.0 s of 100.0 s): the rollout bounds the step, not the update',
    ]);
    expect(run([trainer({ 'engine.trainStepTime': rows(100, () => 100), 'engine.trainRollout': rows(100, () => 0.5) })])?.logged?.[1]).toBe(
      '50 % of a step is generation (50.0 s of 100.0 s)',
    );
  });

  it('says what is assumed of the clock behind its pace', () => {
    const log = (clock?: string) => table('engine', 'megatron@?', { 'engine.trainSteps': rows(100, () => 0.25) }, clock === undefined ? {} : { clock });
    expect(run([log('steps of a.log')])?.assumed).toEqual([
      'the times of megatron are its step times added up: rates over them leave out what passes between steps',
    ]);
    expect(run([log('period of a.log')])?.assumed?.[0]).toMatch(/carry no times/);
    expect(run([log()])).not.toHaveProperty('assumed');
  });

  it('says it of memory that fills, too', () => {
    const fills = (clock?: string) =>
      progressOf(
        judged({
          gpus: [
            {
              phases: [{ seconds: 1000, busy: 0.9 }],
              series: { 'gpu.memUsed': rows(100, (i) => 10e9 + i * 1e7), 'gpu.memTotal': rows(100, () => 40e9) },
              facts: clock === undefined ? {} : { clock },
            },
          ],
        }),
      )?.memory?.text;
    expect(fills('period of dmon.txt')).toMatch(/at this pace, if its samples, which carry no times, are as far apart as assumed$/);
    expect(fills()).toMatch(/at this pace$/);
  });

  it('of a training that two files or ranks tell is told once', () => {
    const log = table('engine', 'hf-trainer@?', { 'engine.trainSteps': rows(100, () => 0.25) });
    const other = table('engine', 'hf-trainer@trainer_log.jsonl', { 'engine.trainSteps': rows(60, () => 0.24) });
    expect(run([other, log])).toMatchObject({ unit: 'steps/s', now: 0.25, median: 0.25 });
  });

  it('of servers is what all of them generate together', () => {
    const server = (rate: number) =>
      table('engine', `vllm@n${rate}`, { 'engine.generationRate': rows(100, () => rate), 'engine.promptRate': rows(100, () => 500) });
    expect(run([server(300), server(200)])).toMatchObject({ unit: 'tokens/s', now: 500, median: 500 });
  });

  it('of a server that only reads prompts is what it reads', () => {
    expect(run([table('engine', 'vllm@?', { 'engine.generationRate': rows(100, () => 0), 'engine.promptRate': rows(100, () => 8000) })])).toMatchObject({
      now: 8000,
      median: 8000,
    });
  });

  it('of a server that reads ten times as much as it writes is what it reads', () => {
    const server = (prompts: number) =>
      run([table('engine', 'vllm@?', { 'engine.generationRate': rows(100, () => 16), 'engine.promptRate': rows(100, () => prompts) })])?.median;
    expect(server(161)).toBe(161);
    expect(server(160)).toBe(16);
  });

  it('leaves pauses out of the median, not out of now', () => {
    expect(run([trainer({ 'engine.trainTokenRate': rows(100, (i) => (i < 40 ? 14_000 : 0)) })])).toEqual({
      unit: 'tokens/s',
      now: 0,
      median: 14_000,
      lastProgressAt: 400,
    });
  });

  it('that never came has no median and no last time', () => {
    expect(run([trainer({ 'engine.trainTokenRate': rows(100, () => 0) })])).toEqual({ unit: 'tokens/s', now: 0, median: null, lastProgressAt: null });
  });

  it('is the last five minutes, the same on every figure: neither the last rows nor all of them', () => {
    // Rows of 10 s; thirty of them are five minutes: ten at the old pace and twenty at the new one.
    expect(run([trainer({ 'engine.trainTokenRate': rows(100, (i) => (i < 80 ? 9_000 : 15_000)) })])?.now).toBe(13_000);
  });

  it('of a log that fell silent is not known now', () => {
    expect(run([trainer({ 'engine.trainTokenRate': rows(70, () => 14_000) })])).toEqual({ unit: 'tokens/s', now: null, median: 14_000, lastProgressAt: 700 });
    expect(run([trainer({ 'engine.trainTokenRate': rows(71, () => 14_000) })])?.now).toBe(14_000);
    expect(run([trainer({ 'engine.trainTokenRate': rows(71, () => 14_000) })], { now: 1010 })?.now).toBeNull();
  });

  it('of a log with a line every two minutes is what its last lines say', () => {
    expect(run([trainer({ 'engine.trainTokenRate': rows(100, (i) => (i % 12 === 0 ? 14_000 : Number.NaN)) })])?.now).toBe(14_000);
  });
});

describe('a memory that grows', () => {
  const grow = (bytesPerRow: (i: number) => number): readonly GpuSpec[] => [
    {
      ...gpus[0],
      phases: [{ seconds: 1000, busy: 0.9, bottleneck: 'compute' }],
      series: { 'gpu.memUsed': rows(100, (i) => 20e9 + bytesPerRow(i)), 'gpu.memTotal': rows(100, () => 40e9) },
    },
  ];
  const memory = (series: readonly GpuSpec[]) => progressOf(judged({ gpus: series }))?.memory;

  it('is full when its slope says so', () => {
    // 10 MB a row of 10 s: 1 MB/s; of 40 GB 20.99 GB are used at the end.
    expect(memory(grow((i) => i * 10e6))).toEqual({
      of: '#0',
      bytesPerSecond: 1e6,
      fullAt: 1000 + 19_010,
      text: 'memory of #0 grows by 3.60 GB an hour (21.0 of 40.0 GB now): full in 5 h 17 min at this pace',
    });
  });

  it.each<[string, (i: number) => number]>([
    ['stands still', () => 0],
    ['goes up and down', (i) => (i % 10) * 50e6],
    ['falls', (i) => -i * 10e6],
    ['goes up and down on its way up', (i) => i * 10e6 + (i % 4 < 2 ? 600e6 : 0)],
    ['grows by less than 1 % of it in the time', (i) => i * 3e6],
    ['was allocated at once', (i) => (i < 50 ? 0 : 15e9)],
  ])('is not one that %s', (_, bytes) => {
    expect(memory(grow(bytes))).toBeUndefined();
  });

  it('is judged since its last step of a gigabyte', () => {
    expect(memory(grow((i) => (i < 30 ? 0 : 5e9 + (i - 30) * 10e6)))?.bytesPerSecond).toBe(1e6);
    expect(memory(grow((i) => (i < 36 ? 0 : 5e9 + (i - 36) * 10e6)))?.bytesPerSecond).toBe(1e6);
    expect(memory(grow((i) => (i < 60 ? 0 : 5e9 + (i - 60) * 20e6)))).toBeUndefined(); // 400 s are too few
  });

  it('may be the host’s, and the one that is full first is told', () => {
    const host = table('host', 'n1', { 'host.memUsed': rows(100, (i) => 200e9 + i * 500e6), 'host.memTotal': rows(100, () => 256e9) });
    expect(progressOf(judged({ gpus: grow((i) => i * 10e6), hosts: [host] }))?.memory?.of).toBe('n1');
  });

  // 99 rows of ten minutes, 1.5 GB in all: 100 GB are full after some 46 days; at seven times the pace within a week.
  const slowly = (factor: number, options: AnalyseOptions = {}): string | undefined => {
    const host = table('host', 'n1', { 'host.memUsed': rows(100, (i) => 10e9 + i * 15e6 * factor), 'host.memTotal': rows(100, () => 100e9) }, {}, 600);
    const long: readonly GpuSpec[] = [{ phases: [{ seconds: 60_000, busy: 0.9, bottleneck: 'compute' }] }];
    return progressOf(judged({ gpus: long, hosts: [host], period: 600, options }))?.memory?.text;
  };

  it('is not told where it fills after the longest job that the site allows', () => {
    expect(slowly(1)).toBeUndefined();
    expect(slowly(7)).toContain('full in 5 d 6 h');
    expect(slowly(2, { site: { ...ANOTHER_SITE, longestJob: 20 * 86_400 } })).toBeUndefined();
    expect(slowly(2, { site: { ...ANOTHER_SITE, longestJob: 22 * 86_400 } })).toContain('full in 20 d');
  });

  it('is told however late it fills on a site that sets no limit: a week is the longest on another cluster only', () => {
    expect(slowly(2, { site: ANOTHER_SITE })).toContain('full in 20 d');
  });
});
