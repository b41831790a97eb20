import { describe, expect, it } from 'vitest';
import { coverageText, shownOf } from '../../../web/lib/shown.ts';
import { aVerdict, someAnalysis, someShares } from '../../support/analysis.ts';

const hot = aVerdict({
  bottleneck: 'compute',
  activity: 'training',
  modifiers: ['thermal or brake slowdown 90 % of the busy time', 'clocks at 825 MHz of 1410 MHz'],
  shares: someShares({ compute: 0.4 }),
});
const cool = aVerdict({ bottleneck: 'compute', activity: 'training', shares: someShares({ compute: 0.7 }) });
/** A job on a clock of its own: throttled for 900 s, recovered for 100 s. */
const recovered = someAnalysis({
  clock: 'relative',
  from: 0,
  to: 1000,
  verdict: hot,
  phases: [
    { from: 0, to: 900, verdict: hot },
    { from: 900, to: 1000, verdict: cool },
  ],
});
const now = { running: true, to: 1000, zoom: null, asOf: null };

describe('the verdict that a page shows', () => {
  it('of a throttled job that recovered and goes on is the last phase’s own, with the time of its figures', () => {
    const shown = shownOf(recovered, now);
    expect(shown.verdict).toBe(cool);
    expect(shown).toMatchObject({ heading: 'Compute: training', title: 'What limits it now', since: '15:00', over: 'since 15:00' });
  });

  it('of a job that goes on as something else is called most of the time, with the stretch that it is of', () => {
    const idle = aVerdict({ bottleneck: 'idle', activity: 'idle' });
    const shown = shownOf({ ...recovered, phases: [{ from: 0, to: 900, verdict: hot }, { from: 900, to: 1000, verdict: idle }] }, now); // prettier-ignore
    expect(shown).toMatchObject({ verdict: hot, title: 'What limits it most of the time', since: null, over: '0:00–15:00' });
  });

  it('says nothing of now once the server is gone', () => {
    const at = Date.UTC(2026, 10, 26, 11, 26, 39) / 1000;
    expect(shownOf(recovered, { ...now, asOf: at }).title).toMatch(/^What limited it at \d\d:26:39$/);
    expect(shownOf({ ...recovered, verdict: aVerdict({ bottleneck: 'host' }) }, { ...now, asOf: at }).title).toBe('What limited it most of the time');
  });

  it('of a zoom is its phase’s', () => {
    expect(shownOf(recovered, { ...now, zoom: { from: 0, to: 900 } })).toEqual({
      verdict: hot,
      title: 'What limited this phase',
      since: null,
      over: '0:00–15:00',
    });
  });
});

describe('telemetry that covers a part of a job', () => {
  const phases = (...spans: readonly (readonly [number, number])[]) => ({ phases: spans.map(([from, to]) => ({ from, to, verdict: cool })) });

  it('says how much', () => {
    expect(coverageText(phases([900, 1500]), { start: 0, end: 1500 })).toMatch(
      /^Telemetry covers 10 min of the job’s 25 min \(\d\d:15–\d\d:25\): the rest is not judged\.$/,
    );
    expect(coverageText(phases([0, 300], [1200, 1500]), { start: 0, end: 1500 })).toContain('covers 10 min of the job’s 25 min');
  });

  it('says nothing of a start and an end that nobody saw, nor where nobody says when the job began', () => {
    expect(coverageText(phases([60, 1460]), { start: 0, end: 1500 })).toBeNull();
    expect(coverageText(phases([900, 1500]), { start: null, end: 1500 })).toBeNull();
  });

  it('is told from a tenth of the time on, and from two minutes on', () => {
    expect(coverageText(phases([0, 9001]), { start: 0, end: 10_000 })).toBeNull();
    expect(coverageText(phases([0, 8999]), { start: 0, end: 10_000 })).not.toBeNull();
    expect(coverageText(phases([0, 81]), { start: 0, end: 200 })).toBeNull();
  });
});
