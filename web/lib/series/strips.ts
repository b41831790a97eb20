import type { Bottleneck } from '../../../core/contract/index.ts';
import { hasStraggler } from '../../../core/judging/index.ts';
import { ACHIEVABLE } from '../../../core/knowledge/index.ts';
import { formatPercent, lastOf, meanNow, meanOf, type MetricId } from '../../../core/readings/index.ts';
import { lineOf, type Line } from './lines.ts';
import { groupByMetric } from './panel-view.ts';
import type { Tracks } from './tracks.ts';

export interface StripMetric {
  readonly metric: MetricId;
  readonly title: string;
  readonly colour: Bottleneck;
  /** Value of the full shade; null takes the limit metric's. */ readonly top: number | null;
  readonly limit?: MetricId;
  /** What a full shade is, where it is not the whole of the metric. */ readonly of?: string;
}

/** What GPUs can be compared by, the most telling first. */
export const STRIP_METRICS: readonly StripMetric[] = [
  { metric: 'gpu.dramActive', title: 'Memory bandwidth', colour: 'memory', top: ACHIEVABLE.dramCounter.value, of: 'of what can be had' },
  { metric: 'gpu.tensorActive', title: 'Tensor active', colour: 'compute', top: ACHIEVABLE.tensorCounter.value, of: 'of what can be had' },
  { metric: 'gpu.util', title: 'GPU busy', colour: 'idle', top: 1 },
  { metric: 'gpu.grActive', title: 'Graphics engine active', colour: 'idle', top: 1 },
  { metric: 'gpu.power', title: 'Power', colour: 'overhead', top: null, limit: 'gpu.powerLimit' },
  { metric: 'gpu.memUsed', title: 'GPU memory', colour: 'capacity', top: null, limit: 'gpu.memTotal' },
  { metric: 'gpu.smClock', title: 'SM clock', colour: 'overhead', top: null, limit: 'gpu.smClockMax' },
];

export interface StripRow {
  readonly id: string;
  readonly label: string;
  readonly line: Line;
  readonly mean: number | null;
}

/** The metrics that at least one GPU has readings of. */
export function stripChoices(tracks: Tracks): StripMetric[] {
  const groups = groupByMetric(tracks);
  return STRIP_METRICS.filter(({ metric }) => groups.has(metric));
}

/** One row per GPU, and what their difference says. Means are over the last five minutes where `live`, else over the time shown. */
export function gpuRows(
  tracks: Tracks,
  strip: StripMetric,
  ask: { from: number; to: number; points: number; names: ReadonlyMap<string, string>; live: boolean },
): { rows: StripRow[]; top: number; words: string } {
  const groups = groupByMetric(tracks);
  const rows = (groups.get(strip.metric) ?? [])
    .map((track): StripRow => {
      const line = lineOf([track], { from: ask.from, to: ask.to, points: ask.points, combine: 'mean' });
      return { id: track.entity.id, label: ask.names.get(track.entity.id) ?? track.entity.id, line, mean: ask.live ? meanNow(line, ask.to) : meanOf(line.y) };
    })
    .sort((a, b) => a.label.localeCompare(b.label, 'en', { numeric: true }));
  const limits = strip.limit === undefined ? [] : (groups.get(strip.limit) ?? []).flatMap((track) => lastOf(track.mean) ?? []);
  const most = Math.max(1e-9, ...rows.flatMap((row) => [...row.line.y.filter((value) => !Number.isNaN(value))]));
  const top = strip.top ?? (limits.length > 0 ? Math.max(...limits) : most);
  return { rows, top, words: spreadWords(rows, { top, live: ask.live }) };
}

/** How far apart the GPUs are, in words; unequal is what a straggler looks like (§7.6.6). */
function spreadWords(rows: readonly StripRow[], { top, live }: { top: number; live: boolean }): string {
  const means = rows.flatMap((row) => (row.mean === null ? [] : [row.mean]));
  if (means.length < 2) return '';
  const [least, most] = [Math.min(...means), Math.max(...means)];
  const range = `from ${formatPercent(least / top)} to ${formatPercent(most / top)} ${live ? 'over the last 5 min' : 'on average'}`;
  return hasStraggler(means.map((mean) => mean / top)) ? `Unequal: ${range}.` : `Even: ${range}.`;
}
