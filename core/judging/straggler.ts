import { exact } from './stats.ts';
import { IMBALANCE } from './thresholds.ts';

/** Whether the busiest of several GPUs (shares of what each can, 0–1) stands so many points above their mean that the others wait for it (§7.6.6). */
export function hasStraggler(shares: readonly number[]): boolean {
  const mean = exact(shares.reduce((sum, one) => sum + one, 0)) / shares.length;
  return exact(Math.max(...shares) - mean) > IMBALANCE;
}
