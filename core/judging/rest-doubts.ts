import { powerTells, worksSteadily } from './at-rest.ts';
import { processesWork } from './cause.ts';
import { formatPercent } from '../readings/index.ts';
import type { GradeInput } from './evidence.ts';
import type { WindowShares } from './shares.ts';
import { known } from './stats.ts';
import { CEILINGS, CLEAR_RISE, FLIP_CAP, INACTIVE } from './thresholds.ts';

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
    { so: worksSteadily(window), why: 'a little runs in most of the samples, as in a job whose host is slow' },
  ];
  return [
    ...doubts.filter(({ so }) => so).map(({ why }) => ({ value: FLIP_CAP, why })),
    ...(powerTells(window) ? [] : [{ value: CEILINGS.none, why: 'nothing tells whether its power is that of a GPU at rest' }]),
  ];
}

/** Device memory rises clear of its noise, however slowly: allocations are exact, and a window may hold the smallest part of a load. */
function isFilling({ memoryRise, tally }: WindowShares): boolean {
  return memoryRise > CLEAR_RISE * tally.memorySpread;
}
