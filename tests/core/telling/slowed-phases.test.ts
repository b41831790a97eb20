import { describe, expect, it } from 'vitest';
import { analyse } from '../../../core/analyse/index.ts';
import { answerOf, headline, ribbonPart, type Verdict } from '../../../core/contract/index.ts';
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

/** To the watt: where a stretch begins and ends is known to a sample. */
const watts = ({ figures }: Verdict) => Math.round(figures.find(({ label }) => label === 'Power')?.value ?? Number.NaN);

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

  it('that is over stands first among the advice of what comes after, and of nothing before', () => {
    const [before, , after] = job(500, 800).phases.map(({ verdict }) => verdict.advice);
    expect(after?.[0]).toMatch(/ ran slowed down before, for 5 min/);
    expect(after?.join(' ')).not.toContain('healthy');
    expect(before?.join(' ')).not.toContain('slowed down');
    const last = job(500, 1000, 1120);
    expect(answerOf(last, true).verdict.advice[0]).toContain('ran slowed down before, for 8 min 20 s');
  });

  it('of under a minute is a finding, not a phase', () => {
    expect(marks(job(500, 550)).map(([, , mark]) => mark)).not.toContain('slowed');
    expect(job(500, 550).findings.map(({ id }) => id)).toEqual(['thermal']);
    expect(marks(job(500, 580)).map(([, , mark]) => mark)).toContain('slowed');
  });

  it('has shares and figures of its own, and so has what comes after: never those of a longer phase', () => {
    // Memory-bound, and a little slower while it is hot: the label stays, and no share moves by a tenth.
    const hot = (sample: number) => sample >= 300 && sample < 900;
    const values = {
      'gpu.grActive': 0.98,
      'gpu.tensorActive': 0.1,
      'gpu.fp32Active': 0.05,
      'gpu.dramActive': (sample: number) => (hot(sample) ? 0.46 : 0.52),
      'gpu.power': (sample: number) => (hot(sample) ? 250 : 300),
      'gpu.smClock': (sample: number) => (hot(sample) ? 705e6 : 1410e6),
      'gpu.capThermalTime': (sample: number) => (hot(sample) ? 1 : 0),
    };
    const { phases } = analyse(runOf(made('gpu', { samples: 1200, facts: { name: 'NVIDIA A100-SXM4-40GB' }, values })));
    expect(phases.map(({ verdict }) => [verdict.shares.memory?.toFixed(2), watts(verdict)])).toEqual([
      ['0.65', 300],
      ['0.58', 250],
      ['0.65', 300],
    ]);
    expect(phases.map(({ verdict }) => verdict.modifiers.some((text) => /70\d MHz/.test(text)))).toEqual([false, true, false]);
  });

  it('too short for a judgement of its own has no shares rather than those of the phase that it was cut from', () => {
    // A sample in 15 s: ten of them are longer than this slow-down.
    const hot = (sample: number) => sample >= 40 && sample < 45;
    const values = {
      'gpu.grActive': 0.98,
      'gpu.tensorActive': 0.7,
      'gpu.dramActive': 0.3,
      'gpu.fp32Active': 0.1,
      'gpu.power': 300,
      'gpu.smClock': (sample: number) => (hot(sample) ? 705e6 : 1410e6),
      'gpu.capHwThermal': (sample: number) => (hot(sample) ? 1 : 0),
    };
    const { phases } = analyse(runOf(made('gpu', { samples: 120, period: 15, facts: { name: 'NVIDIA A100-SXM4-40GB' }, values })));
    const slowed = phases.find((phase) => ribbonPart(phase).mark === 'slowed');
    expect(slowed?.verdict).toMatchObject({ bottleneck: 'compute', figures: [], headroom: null, relief: null });
    expect(Object.values(slowed?.verdict.shares ?? { none: 0 }).filter((share) => share !== null)).toEqual([]);
    expect(slowed?.verdict.tree.unexplained).toBeNull();
  });

  it('of one GPU of several is told with that GPU’s figures', () => {
    const gpu = (id: string, hot: (sample: number) => boolean) =>
      made('gpu', {
        id,
        samples: 1200,
        facts: { name: 'NVIDIA A100-SXM4-40GB' },
        values: {
          'gpu.grActive': 0.98,
          'gpu.tensorActive': 0.7,
          'gpu.dramActive': 0.3,
          'gpu.fp32Active': 0.1,
          'gpu.power': (sample: number) => (hot(sample) ? 250 : 300),
          'gpu.capThermalTime': (sample: number) => (hot(sample) ? 1 : 0),
        },
      });
    const { phases } = analyse(
      runOf(
        gpu('GPU-0', () => false),
        gpu('GPU-1', (sample) => sample >= 600 && sample < 900),
      ),
    );
    expect(phases.map((phase) => [ribbonPart(phase).mark ?? 'ordinary', watts(phase.verdict)])).toEqual([
      ['ordinary', 300],
      ['slowed', 250],
      ['ordinary', 300],
    ]);
  });

  it('that is over is no word about the phases beside it', () => {
    for (const { verdict } of job(500, 800).phases.filter((phase) => ribbonPart(phase).mark === undefined))
      expect(verdict.modifiers.join()).not.toContain('slowdown');
  });
});
