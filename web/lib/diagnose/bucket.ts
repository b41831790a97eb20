import {
  addSamples,
  drawn,
  type Drawn,
  isMetricId,
  newBuckets,
  rowsIn,
  samplingPeriod,
  shownUnit,
  type Table,
  withRates,
} from '../../../core/readings/index.ts';
import type { DrawnReply, DrawnSeries } from '../../../core/contract/index.ts';
import type { SeriesAsk } from '../api.ts';

/** Answers a series request from tables in memory as the server answers it from its store: buckets of min, mean and max, gaps as one NaN. */
export function seriesReply(tables: readonly Table[], ask: SeriesAsk, run: { readonly from: number; readonly to: number }): DrawnReply {
  const from = ask.from ?? run.from;
  const to = ask.to ?? run.to;
  const series: DrawnSeries[] = [];
  const found = new Set<string>();
  for (const table of tables) {
    const rated = withRates(table);
    for (const metric of ask.metrics) {
      const column = isMetricId(metric) ? rated.columns.get(metric) : undefined;
      if (column === undefined || !isMetricId(metric)) continue;
      found.add(metric);
      series.push({
        entity: { kind: table.entity.kind, id: table.entity.id, node: table.entity.node ?? null },
        metric,
        unit: shownUnit(metric),
        ...bucketed(rated.t, column, { from, to, points: ask.points }),
      });
    }
  }
  return { from, to, series, absent: ask.metrics.filter((metric) => !found.has(metric)).map((metric) => ({ metric, reason: 'Not in the given files.' })) };
}

/** One column in at most `points` buckets; the last instant, which a run's end is, belongs to the last bucket. */
export function bucketed(
  t: Float64Array,
  values: Float64Array,
  { from, to, points }: { from: number; to: number; points: number },
): Pick<Drawn, 't' | 'min' | 'mean' | 'max'> {
  const grid = { start: from, width: Math.max((to - from) / points, 1e-9), count: points };
  const buckets = newBuckets(grid);
  addSamples(buckets, rowsIn(grid, t, from, to + 1e-6), values);
  const { t: times, min, mean, max } = drawn(buckets, samplingPeriod([{ t, values }]) ?? 0);
  return { t: times, min, mean, max };
}
