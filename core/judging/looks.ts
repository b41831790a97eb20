import type { WindowShares } from './shares.ts';
import { exact, mean } from './stats.ts';
import type { Tally } from './tally.ts';
import { ALWAYS_SOME, CONTRIBUTING, DOMINANT, EXPLAINS, GLANCE_SECONDS, INACTIVE, LOOK_ERRORS, TIE } from './thresholds.ts';

/**
 * Whether requests were there all the time between two looks at the engine, and not only at the looks (§7.8.5): others wait, each
 * lasts from look to look, or some run and kernels never stop. That many run proves nothing: one client may send them together and
 * wait for all of them in step with the looks.
 */
export function fillsTheTime({ subject, stats, tally, samples }: WindowShares): boolean {
  const { glances } = subject;
  if (glances === null || tally.waiting >= DOMINANT * samples) return true;
  const running = mean(stats, 'engine.running');
  const finished = mean(stats, 'engine.requests');
  return outlasts(running / finished, glances) || finished === 0 || (running >= ALWAYS_SOME && worksThroughout(tally, glances));
}

/** How long a request is, on average (Little’s law), against the seconds between looks. Requests in step with them would come out as long as these. */
function outlasts(seconds: number, glances: number): boolean {
  return seconds >= TIE * glances;
}

/** Kernels ran in nearly every sample, of which two fit into the shortest pause between looks that would matter. */
function worksThroughout({ period, loaded, busyCount, offBusyCount }: Tally, glances: number): boolean {
  return 2 * period <= CONTRIBUTING * glances && loaded >= (1 - INACTIVE) * (busyCount + offBusyCount);
}

/**
 * Whether requests were there while the GPU was empty. However many come, they may come together and leave together: one client
 * sends them and waits for all. But looks are a survey of the time: the part of them that saw a request is the part of the time
 * that had one, as surely as so many looks can tell. What of it had no kernel is the host’s: that must be half of what is to be
 * explained.
 */
export function wasAskedWhileEmpty(window: WindowShares): boolean {
  const { tally, empty, subject, seconds } = window;
  if (tally.looked === 0) return true;
  const seen = tally.asked / tally.looked;
  const variance = seen * (1 - seen);
  // Looks that are as frequent as the GPU's own samples show the same time as they do; a sample of several seconds is one more look.
  const looks = subject.glances === null ? (tally.period > GLANCE_SECONDS ? tally.looked : null) : seconds / subject.glances;
  const asked = looks === null ? seen : bounds({ mean: seen, variance, looks }).least;
  return exact((asked - busyAtMost(window)) / asked) >= EXPLAINS * empty;
}

/** The most of the time that kernels ran: nvidia-smi shows the last second, which is a moment too where it is asked seldom. */
function busyAtMost({ tally, busyFrom }: WindowShares): number {
  const mean = tally.askedBusy / tally.looked;
  if (busyFrom !== 'nvidia-smi' || tally.period <= GLANCE_SECONDS) return mean;
  return bounds({ mean, variance: Math.max(0, tally.askedBusySquares / tally.looked - mean * mean), looks: tally.looked }).most;
}

/** What a mean of so many looks, each at a moment of its own, allows for (Wilson’s interval): few that agree prove less than many. */
function bounds({ mean, variance, looks }: { mean: number; variance: number; looks: number }): { least: number; most: number } {
  const spread = LOOK_ERRORS ** 2 / looks;
  const half = Math.sqrt(spread * (variance + spread / 4));
  return { least: (mean + spread / 2 - half) / (1 + spread), most: (mean + spread / 2 + half) / (1 + spread) };
}
