// Past the door of core/judging: phases that were cut apart are made by hand.
import { describe, expect, it } from 'vitest';
import { prevailing } from '../../../core/judging/job.ts';
import { jobRests, restsOf } from '../../../core/judging/rests.ts';
import { findFindings } from '../../../core/telling/index.ts';
import { judged, type PhaseSpec } from '../telling/findings/judged.ts';

const work = (seconds: number): PhaseSpec => ({ seconds, busy: 0.9, bottleneck: 'compute' });
const rest = (seconds: number): PhaseSpec => ({ seconds, busy: 0 });

/** What verdict, verdict of the job and findings make of a GPU's idle time. */
function told(phases: readonly PhaseSpec[], period = 10) {
  const run = judged({ gpus: [{ phases }], period });
  const own = run.gpus[0]?.phases ?? [];
  return [
    prevailing(own, restsOf(own, period))?.bottleneck,
    prevailing(run.phases, jobRests(run.phases, period))?.bottleneck,
    findFindings(run).some(({ id }) => id === 'idle') ? 'idle' : 'compute',
  ];
}

describe('a rest', () => {
  it('of ten minutes counts in the verdict and is a finding, a shorter one neither', () => {
    expect(told([work(500), rest(600)])).toEqual(['idle', 'idle', 'idle']);
    expect(told([work(500), rest(590)])).toEqual(['compute', 'compute', 'compute']);
  });

  it('is one however many phases it was cut into', () => {
    expect(told([work(500), rest(300), rest(300)])).toEqual(['idle', 'idle', 'idle']);
    expect(told([work(500), rest(300), work(10), rest(300)])).toEqual(['compute', 'compute', 'compute']);
  });

  it('counts looks, not the time between them: a sampler that stood still says nothing of it', () => {
    const [phase] = judged({ gpus: [{ phases: [rest(1200)] }] }).gpus[0]?.phases ?? [];
    if (phase === undefined) throw new Error('a phase');
    const seen = (samples: number) => restsOf([{ ...phase, figures: { ...phase.figures, samples } }], 10).length;
    expect([seen(4), seen(5)]).toEqual([0, 1]);
  });

  it('is none where a GPU was looked at four times', () => {
    expect(told([work(600), rest(1200)], 300)).toEqual(['compute', 'compute', 'compute']);
    expect(told([work(600), rest(1500)], 300)).toEqual(['idle', 'idle', 'idle']);
  });
});
