import { formatPercent } from '../readings/index.ts';
import type { GradeInput } from './evidence.ts';
import type { WindowShares } from './shares.ts';
import { known } from './stats.ts';
import { CLEAR_RISE, FLIP_CAP, INACTIVE } from './thresholds.ts';

/**
 * What stands against rest where no kernel runs: a load needs none. Sure is *idle* only where device memory was seen to stay and
 * the copy engine and the lines of the job’s node rest, or where an engine says that nothing was asked of it.
 */
export function restCaps(window: WindowShares): GradeInput['caps'] {
  if (window.demand === false) return [];
  const lines = [
    { name: 'PCIe', share: window.pcie },
    { name: 'NVLink', share: window.nvlink },
    ...(window.subject.shared ? [] : [{ name: 'the network interface', share: window.nic }]),
  ].filter(({ share }) => share >= INACTIVE);
  return [
    ...lines.map(({ name, share }) => `${name} carried ${formatPercent(share)}: what loads needs no kernel`),
    ...(known(window.memoryRise) ? [] : ['device memory was not looked at, and a slow load looks the same']),
    ...(isFilling(window) ? ['device memory rises: a slow load needs no kernel'] : []),
  ].map((why) => ({ value: FLIP_CAP, why }));
}

/** Device memory rises clear of its noise, however slowly: allocations are exact, and a window may hold the smallest part of a load. */
function isFilling({ memoryRise, tally }: WindowShares): boolean {
  return memoryRise > CLEAR_RISE * tally.memorySpread;
}
