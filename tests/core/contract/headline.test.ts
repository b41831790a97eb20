import { describe, expect, it } from 'vitest';
import { report } from '../../../cli/terminal/report.ts';
import { painter } from '../../../cli/terminal/style.ts';
import { analyse } from '../../../core/analyse/index.ts';
import { answerOf, headedBy, headline, markedTime, type RibbonPart, ribbonPart } from '../../../core/contract/index.ts';
import { aVerdict } from '../../support/analysis.ts';
import { made, runOf } from '../../support/telemetry.ts';

const at = (seconds: number): string => `${seconds} s`;
const WORKS = { 'gpu.grActive': 0.98, 'gpu.tensorActive': 0.7, 'gpu.dramActive': 0.3, 'gpu.fp32Active': 0.1 };
const part = (from: number, to: number, mark?: 'hung' | 'slowed'): RibbonPart => ({
  from,
  to,
  bottleneck: 'overhead',
  activity: 'training',
  ...(mark === undefined ? {} : { mark }),
});

/** A GPU that works for 600 s and then sits in a kernel that does nothing for 900 s. */
function hangs() {
  const then = (before: number, after: number) => (sample: number) => (sample < 600 ? before : after);
  const values = {
    'gpu.grActive': then(0.98, 1),
    'gpu.tensorActive': then(0.7, 0),
    'gpu.dramActive': then(0.3, 0.001),
    'gpu.fp32Active': then(0.1, 0),
  };
  return runOf(made('gpu', { samples: 1500, facts: { name: 'NVIDIA A100-SXM4-40GB' }, values }));
}

describe('headlines', () => {
  it.each([
    [{ bottleneck: 'memory', activity: 'decode', lean: null }, 'Memory bandwidth: decode'],
    [{ bottleneck: 'unknown', activity: 'unknown', lean: null }, 'Cannot tell'],
    [{ bottleneck: 'overhead', activity: 'training', lean: 'compute' }, 'Overhead: training, compute-leaning'],
    [{ bottleneck: 'idle', activity: 'serving', lean: null }, 'Idle'],
  ] as const)('writes %j as %s', (of, text) => {
    expect(headline({ ...of, marked: null }, at)).toBe(text);
  });

  it('of a job that hangs says so and since when, not the label of its spinning kernels', () => {
    const { headed, verdict } = answerOf(analyse(hangs()), true);
    expect(headline(headed, at)).toBe('Hung: no progress since 600 s');
    expect(verdict.modifiers).toContain('no progress');
  });

  it('says the same in the terminal', () => {
    const run = hangs();
    const printed = report({ run, analysis: analyse(run), sources: [], notes: [], beside: [] }, { width: 100, paint: painter(false) });
    expect(printed.split('\n')[0]).toMatch(/^Hung: no progress since /);
  });

  it('of a job that is slowed down most of its busy time says so, and keeps the label behind it', () => {
    const slowed = (part: number) =>
      analyse(runOf(made('gpu', { samples: 600, facts: { name: 'NVIDIA A100-SXM4-40GB' }, values: { ...WORKS, 'gpu.capThermalTime': part } })));
    expect(headline(answerOf(slowed(0.5), true).headed, at)).toMatch(/^Throttled since 0 s: compute/);
    expect(headline(answerOf(slowed(0.49), true).headed, at)).toMatch(/^Compute/);
  });

  it('of a GPU alone name no time that nobody said', () => {
    expect(headline(headedBy(aVerdict({ bottleneck: 'overhead', modifiers: ['no progress'] })), at)).toBe('Hung: no progress');
  });

  it('of a job of which one GPU waits for the others is its label', () => {
    const verdict = aVerdict({ bottleneck: 'overhead', modifiers: ['no progress'], why: ['3 of 4 GPUs work, the others wait'] });
    expect(ribbonPart({ from: 0, to: 9, verdict })).toEqual({ from: 0, to: 9, bottleneck: 'overhead', activity: 'unknown' });
  });
});

describe('the verdict that answers for a run', () => {
  const hot = aVerdict({ bottleneck: 'compute', activity: 'training', modifiers: ['thermal or brake slowdown 90 % of the busy time'] });
  const cool = aVerdict({ bottleneck: 'compute', activity: 'training' });
  const recovered = { verdict: hot, phases: [{ from: 0, to: 900, verdict: hot }, { from: 900, to: 1000, verdict: cool }] }; // prettier-ignore

  it('of one that goes on and recovered is that of its last phase, not of the longer stretch before', () => {
    const { verdict, headed, phase } = answerOf(recovered, true);
    expect(verdict).toBe(cool);
    expect(phase?.from).toBe(900);
    expect(headline(headed, at)).toBe('Compute: training');
  });

  it('of one that goes on as something else than it mostly was is its own', () => {
    const idle = aVerdict({ bottleneck: 'idle' });
    const { verdict, phase } = answerOf({ verdict: cool, phases: [{ from: 0, to: 900, verdict: cool }, { from: 900, to: 1000, verdict: idle }] }, true); // prettier-ignore
    expect([verdict, phase]).toEqual([cool, null]);
  });

  it('of one that is over and was slowed down for its longest part is that of this part', () => {
    const { verdict, headed, phase } = answerOf({ ...recovered, verdict: cool }, false);
    expect(verdict).toBe(hot);
    expect(phase?.to).toBe(900);
    expect(headline(headed, at)).toBe('Throttled 0 s–900 s: compute, training');
  });
});

describe('the time of a mark', () => {
  const job = { bottleneck: 'overhead', running: true } as const;
  it('begins with the first of the neighbours that have it and lasts while the last part has it', () => {
    expect(markedTime([part(0, 9), part(9, 20, 'hung'), part(20, 30, 'hung')], job)).toEqual({ mark: 'hung', from: 9, to: null });
  });
  it('that ended heads no job that runs on', () => {
    expect(markedTime([part(0, 20, 'hung'), part(20, 30)], job)).toBeNull();
  });
  it('heads a job that is over where its longest part with its label has it, with its end', () => {
    expect(markedTime([part(0, 20, 'hung'), part(20, 30)], { ...job, running: false })).toEqual({ mark: 'hung', from: 0, to: 20 });
    expect(markedTime([part(0, 9, 'hung'), part(9, 30)], { ...job, running: false })).toBeNull();
  });
});
