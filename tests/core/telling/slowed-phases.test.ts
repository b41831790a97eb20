import { describe, expect, it } from 'vitest';
import { analyse } from '../../../core/analyse/index.ts';
import { answerOf, headline, ribbonPart } from '../../../core/contract/index.ts';
import { made, runOf } from '../../support/telemetry.ts';

/** A training GPU of which the stretch from `from` to `to` (samples of a second) is slowed down by heat, to 705 MHz. */
function job(from: number, to: number, samples = 1200) {
  const hot = (sample: number) => sample >= from && sample < to;
  const values = {
    'gpu.grActive': 0.98,
    'gpu.tensorActive': 0.7,
    'gpu.dramActive': 0.3,
    'gpu.fp32Active': 0.1,
    'gpu.smClock': (sample: number) => (hot(sample) ? 705e6 : 1410e6),
    'gpu.capHwThermal': (sample: number) => (hot(sample) ? 1 : 0),
  };
  return analyse(runOf(made('gpu', { samples, facts: { name: 'NVIDIA A100-SXM4-40GB' }, values })));
}
const marks = (analysis: ReturnType<typeof job>) =>
  analysis.phases.map(ribbonPart).map(({ from, to, mark }) => [Math.round(from), Math.round(to), mark ?? 'ordinary']);

describe('a slow-down by heat', () => {
  it('is a phase of its own, between what came before and after', () => {
    expect(marks(job(500, 800))).toEqual([
      [0, 500, 'ordinary'],
      [500, 800, 'slowed'],
      [800, 1199, 'ordinary'],
    ]);
  });

  it('that lasts heads the job, with the first advice and the first reason', () => {
    const { headed, verdict } = answerOf(job(900, 1200), true);
    expect(headline(headed, (at) => `${Math.round(at)} s`)).toMatch(/^Throttled since 900 s: compute/);
    expect(verdict.advice[0]).toContain('runs slowed down at 705 MHz of 1410 MHz');
    expect(verdict.tries[0]?.gain).toBe(2);
    expect(verdict.why[0]).toContain('is slowed down at 705 MHz');
    expect(verdict.advice.join(' ')).not.toContain('healthy');
  });

  it('of under a minute is a finding, not a phase', () => {
    expect(marks(job(500, 550)).map(([, , mark]) => mark)).not.toContain('slowed');
    expect(job(500, 550).findings.map(({ id }) => id)).toEqual(['thermal']);
    expect(marks(job(500, 580)).map(([, , mark]) => mark)).toContain('slowed');
  });

  it('that is over is no word about the phases beside it', () => {
    for (const { verdict } of job(500, 800).phases.filter((phase) => ribbonPart(phase).mark === undefined))
      expect(verdict.modifiers.join()).not.toContain('slowdown');
  });
});
