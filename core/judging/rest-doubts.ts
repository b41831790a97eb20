import { powerTells, worksSteadily } from './at-rest.ts';
import { processesWork } from './cause.ts';
import { formatPercent } from '../readings/index.ts';
import { inEmptyTime } from './empty-time.ts';
import type { GradeInput } from './evidence.ts';
import type { WindowShares } from './shares.ts';
import { known, largest, mean } from './stats.ts';
import { CEILINGS, CLEAR_RISE, CONTEXT_MEMORY, FLIP_CAP, GLANCE_SECONDS, INACTIVE, REST_CLOCK } from './thresholds.ts';

/**
 * What stands against rest without refuting it, where no kernel runs: a load needs none, a job between its steps neither. Sure is
 * *idle* only where device memory was seen to stay and the lines of the job’s node, its processes and the card’s power rest, or where
 * an engine says that nothing was asked of it.
 */
export function restCaps(window: WindowShares): GradeInput['caps'] {
  if (window.demand === false) return [];
  const doubts = [
    { so: !window.subject.shared && window.nic >= INACTIVE, why: `the network interface carried ${formatPercent(window.nic)}: what loads needs no kernel` },
    { so: !known(window.memoryRise), why: 'device memory was not looked at, and a slow load looks the same' },
    { so: isFilling(window), why: 'device memory rises: a slow load needs no kernel' },
    { so: processesWork(window), why: 'the job’s own processes are at work meanwhile' },
    {
      so: mayBeInStep(window),
      why: `nvidia-smi showed a second of every ${window.tally.period.toFixed(0)}: a job that works in step with it rests at every look`,
    },
    { so: worksSteadily(window), why: 'a little runs in most of the samples, as in a job whose host is slow' },
  ];
  return [
    ...doubts.filter(({ so }) => so).map(({ why }) => ({ value: FLIP_CAP, why })),
    ...(powerTells(window) ? [] : [{ value: CEILINGS.none, why: 'nothing tells whether its power is that of a GPU at rest' }]),
  ];
}

/**
 * utilization.gpu is of the last second: looks further apart may fall into the rests of a job that works in rounds, and so does the
 * power that is read with it. What counts over all of the time, or a state that no job comes back to, would show the work.
 */
function mayBeInStep(window: WindowShares): boolean {
  const { busyFrom, tally, stats, subject, memory, memoryFrom } = window;
  if (busyFrom !== 'nvidia-smi' || tally.period <= GLANCE_SECONDS) return false;
  const top = largest(mean(stats, 'gpu.smClockMax'), subject.ceilings?.boostClock ?? Number.NaN);
  const counted = memoryFrom === 'counter' && memory < INACTIVE;
  // A context keeps the clocks up between its kernels.
  const closed = mean(stats, 'gpu.smClock') < REST_CLOCK * top || mean(stats, 'gpu.memUsed') < CONTEXT_MEMORY;
  const launched = inEmptyTime(tally.emptyTime, 'process.maxThread');
  return !counted && !closed && !(launched < INACTIVE);
}

/** Device memory rises clear of its noise, however slowly: allocations are exact, and a window may hold the smallest part of a load. */
function isFilling({ memoryRise, tally }: WindowShares): boolean {
  return memoryRise > CLEAR_RISE * tally.memorySpread;
}
