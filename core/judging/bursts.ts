import { isSymmetric } from './activity.ts';
import { COLUMN, type JudgedMetric } from './columns.ts';
import type { SpanView } from './tally.ts';
import { periodOfPattern } from './periodic.ts';

/** A burst that is seen as one needs this many samples a period (§7.3): fewer are aliased. */
const LEAST_SAMPLES = 4;
/** Traffic under this is housekeeping: 100 MB/s, a hundredth of the slowest link that connects nodes of a training job. */
const LEAST_TRAFFIC = 1e8;

const LINKS: readonly (readonly [JudgedMetric, JudgedMetric])[] = [
  ['host.ibRxRate', 'host.ibTxRate'],
  ['gpu.nvlinkRx', 'gpu.nvlinkTx'],
  ['host.netRxRate', 'host.netTxRate'],
];

/** Seconds between symmetric bursts of link traffic, as the gradients of every step make them; 0 where there is no such pattern. */
export function burstSeconds(view: SpanView, from: number, to: number): number {
  for (const [receive, transmit] of LINKS) {
    const rx = view.columns[COLUMN[receive]]?.subarray(from, to);
    const tx = view.columns[COLUMN[transmit]]?.subarray(from, to);
    if (rx === undefined || tx === undefined) continue;
    const mean = (column: Float64Array) => column.reduce((sum, value) => (value === value ? sum + value : sum), 0) / column.length;
    if (mean(rx) < LEAST_TRAFFIC || !isSymmetric(mean(rx), mean(tx))) continue;
    const samples = periodOfPattern(rx);
    if (samples !== null && samples >= LEAST_SAMPLES) return samples * view.period;
  }
  return 0;
}
