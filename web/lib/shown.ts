import { type Analysis, answerOf, headline, type Phase, type Verdict } from '../../core/contract/index.ts';
import { formatDuration } from '../../core/readings/index.ts';
import { formatInstant } from './time.ts';

/** Which verdict a page shows, and over which time it and its figures hold, ready to print. */
export interface Shown {
  readonly verdict: Verdict;
  readonly title: string;
  readonly heading?: string;
  readonly since: string | null;
  /** What shares and figures were taken over. */
  readonly over: string;
}

interface Ask {
  readonly running: boolean;
  /** The end of what the ribbon shows, on the run's clock. */
  readonly to: number;
  readonly zoom: { readonly from: number; readonly to: number } | null;
  /** When the server was last heard, where it is gone, seconds UTC: then nothing is said of now. */
  readonly asOf: number | null;
}

/** The phase that a zoom shows, else what answers for the run: the last phase of one that goes on, never figures of an earlier stretch as those of now. */
export function shownOf(analysis: Analysis, { running, to, zoom, asOf }: Ask): Shown {
  const { clock, phases } = analysis;
  const span = Math.max(1, to - analysis.from);
  const instant = (at: number): string => formatInstant(at, clock, span);
  const stretch = (phase: Phase): string => `${instant(phase.from)}–${instant(phase.to)}`;
  const inZoom = zoom === null ? undefined : phases.find((phase) => Math.abs(phase.from - zoom.from) < 0.5 && Math.abs(phase.to - zoom.to) < 0.5);
  if (inZoom !== undefined) return { verdict: inZoom.verdict, title: 'What limited this phase', since: null, over: stretch(inZoom) };
  const { verdict, headed, phase } = answerOf(analysis, running);
  const heading = headline(headed, instant);
  if (running && phase !== null) {
    const title = asOf === null ? 'What limits it now' : `What limited it at ${formatInstant(asOf, 'utc', 0)}`;
    return { verdict, heading, title, since: instant(phase.from), over: `since ${instant(phase.from)}` };
  }
  const told = phase ?? phaseOf(analysis, verdict);
  return {
    verdict,
    heading,
    title: running && asOf === null ? 'What limits it most of the time' : running ? 'What limited it most of the time' : 'What limited it',
    since: null,
    over: told === null ? 'its longest phase of this kind' : stretch(told),
  };
}

/** The phase that a run's own verdict is of, where the phases still show it. */
function phaseOf({ phases }: Analysis, verdict: Verdict): Phase | null {
  const same = JSON.stringify(verdict.shares);
  return phases.find((phase) => phase.verdict.bottleneck === verdict.bottleneck && JSON.stringify(phase.verdict.shares) === same) ?? null;
}

/** Less than this part of a job's time without telemetry is start and end. Seconds, and a part of the time. */
const MISSING_SECONDS = 120;
const MISSING_PART = 0.1;

/**
 * How much of a job's time its verdict rests on, where much of it is missing: `Telemetry covers 10 of the job’s 25 min …`. `end` is
 * now for a job that goes on; seconds UTC. Null where (nearly) all is covered or nobody says when the job began.
 */
export function coverageText({ phases }: Pick<Analysis, 'phases'>, { start, end }: { readonly start: number | null; readonly end: number }): string | null {
  const [first] = phases;
  const last = phases[phases.length - 1];
  if (start === null || first === undefined || last === undefined) return null;
  const whole = end - start;
  const covered = phases.reduce((sum, { from, to }) => sum + Math.max(0, Math.min(to, end) - Math.max(from, start)), 0);
  if (whole - covered < Math.max(MISSING_SECONDS, MISSING_PART * whole)) return null;
  const span = Math.max(whole, 3600); // minutes are fine enough
  const [from, to] = [first, last].map((phase, index) => formatInstant(index === 0 ? phase.from : phase.to, 'utc', span));
  return `Telemetry covers ${formatDuration(covered)} of the job’s ${formatDuration(whole)} (${from ?? ''}–${to ?? ''}): the rest is not judged.`;
}
