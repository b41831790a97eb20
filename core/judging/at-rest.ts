import { formatPercent } from '../readings/index.ts';
import type { GradeInput } from './evidence.ts';
import type { WindowShares } from './shares.ts';
import { known } from './stats.ts';
import { CLEAR_RISE, FLIP_CAP, IDLE_FINDING_SECONDS, INACTIVE, MEMORY_STEP } from './thresholds.ts';

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

/** Device memory rises clear of its noise, at a rate that brings more than a buffer until rest would be a finding. */
function isFilling({ memoryRise, tally, seconds }: WindowShares): boolean {
  return memoryRise > CLEAR_RISE * tally.memorySpread && memoryRise / seconds > MEMORY_STEP / IDLE_FINDING_SECONDS;
}
