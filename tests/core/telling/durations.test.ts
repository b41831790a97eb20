import { describe, expect, it } from 'vitest';
import { analyse } from '../../../core/analyse/index.ts';
import type { MetricId, Table } from '../../../core/readings/index.ts';
import { made, randomOf, runOf } from '../../support/telemetry.ts';

/** A GPU looked at about every `gap` seconds, as a loop does that sleeps a second and then waits for the tool. */
function looked(gap: number, samples: number, values: Partial<Record<MetricId, number>>, id = 'GPU-0'): Table {
  const random = randomOf(samples);
  const table = made('gpu', { id, node: 'n1', samples, facts: { name: 'NVIDIA A100-SXM4-40GB' }, values });
  let at = 0.7 * gap; // not on a bin of the grid
  const t = Float64Array.from({ length: samples }, (_, i) => (at += i === 0 ? 0 : gap * (0.9 + 0.2 * random())));
  return { ...table, t };
}

/** Seconds of every duration in a text: `1 min 29 s`, `2 h`. */
function durationsIn(text: string): number[] {
  const found = text.matchAll(/(?:(\d+) d)? ?(?:(\d+) h)? ?(?:(\d+) min)? ?(?:(\d+(?:\.\d+)?) s)?(?![\w/])/g);
  return [...found]
    .map(([, days, hours, minutes, seconds]) => [days, hours, minutes, seconds].map((part) => Number(part ?? '0')))
    .map(([days = 0, hours = 0, minutes = 0, seconds = 0]) => days * 86_400 + hours * 3600 + minutes * 60 + seconds)
    .filter((seconds) => seconds > 0);
}

const HOT: Partial<Record<MetricId, number>> = { 'gpu.util': 0.99, 'gpu.power': 300, 'gpu.smClock': 825e6, 'gpu.capHwThermal': 1, 'gpu.temp': 93 };
const REST: Partial<Record<MetricId, number>> = { 'gpu.util': 0, 'gpu.power': 55, 'gpu.memUsed': 20e9 };

describe('a duration', () => {
  it('is read from texts as they are written', () => {
    expect(durationsIn('was slowed down for 1 min 29 s, 100 % of it')).toEqual([89]);
    expect(durationsIn('did nothing for 12 min: 0.2 GPU-hours')).toEqual([720]);
  });

  it.each([1.1, 1.45, 1.6, 2.9, 4.3, 5.8, 11.4, 14.6, 22.9])('of a slow-down or a rest looked at every %f s is never longer than what was recorded', (gap) => {
    for (const [values, samples] of [
      [HOT, 6],
      [HOT, 60],
      [HOT, 700],
      [REST, Math.ceil(720 / gap)],
    ] as const) {
      const table = looked(gap, samples, values);
      const { findings, verdict, from, to } = analyse(runOf(table));
      const texts = [...findings.flatMap(({ text, evidence }) => [text, ...evidence]), ...verdict.tries.flatMap(({ text, arithmetic }) => [text, arithmetic])];
      expect(findings.length).toBeGreaterThan(0);
      for (const text of texts)
        for (const seconds of durationsIn(text)) expect(seconds, `${text} in ${to - from} s`).toBeLessThanOrEqual(to - from + (seconds < 3600 ? 0.5 : 30));
    }
  });
});
