import { isMetricId, lowerBound, periodOf, type Table, withRates } from '../../../core/readings/index.ts';
import type { Series, SeriesReply } from '../../../core/contract/index.ts';
import type { SeriesAsk } from '../api.ts';
import { shownUnit } from '../series/tracks.ts';

/** Answers a series request from tables in memory as the server answers it from its store: buckets of min, mean and max, gaps as one null. */
export function seriesReply(tables: readonly Table[], ask: SeriesAsk, run: { readonly from: number; readonly to: number }): SeriesReply {
  const from = ask.from ?? run.from;
  const to = ask.to ?? run.to;
  const series: Series[] = [];
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

/** One column in at most `points` buckets; the last instant belongs to the last bucket. */
export function bucketed(
  t: Float64Array,
  column: Float64Array,
  { from, to, points }: { from: number; to: number; points: number },
): Pick<Series, 't' | 'min' | 'mean' | 'max'> {
  const out: Pick<Series, 't' | 'min' | 'mean' | 'max'> = { t: [], min: [], mean: [], max: [] };
  const width = Math.max((to - from) / points, 1e-9);
  const present = presentRows(t, column, from, to);
  const period = periodOf(Float64Array.from(present, (row) => t[row] ?? Number.NaN));
  let open = { bucket: -1, at: 0, sum: 0, count: 0, min: 0, max: 0 };
  let last = Number.NaN;
  const close = (): void => {
    if (open.count === 0) return;
    out.t.push(open.at);
    out.min.push(open.min);
    out.mean.push(open.sum / open.count);
    out.max.push(open.max);
  };
  for (const row of present) {
    const [at, value] = [t[row] ?? 0, column[row] ?? 0];
    const bucket = Math.min(points - 1, Math.floor((at - from) / width));
    const silent = period !== null && at - last > 3 * period;
    if (bucket !== open.bucket || silent) {
      close();
      if (silent) {
        out.t.push(last + (period ?? 0));
        for (const values of [out.min, out.mean, out.max]) values.push(null);
      }
      open = { bucket, at, sum: 0, count: 0, min: value, max: value };
    }
    open.sum += value;
    open.count += 1;
    open.min = Math.min(open.min, value);
    open.max = Math.max(open.max, value);
    last = at;
  }
  close();
  return out;
}

function presentRows(t: Float64Array, column: Float64Array, from: number, to: number): number[] {
  const rows: number[] = [];
  for (let row = lowerBound(t, from); row < t.length && (t[row] ?? Number.POSITIVE_INFINITY) <= to; row += 1) {
    if (!Number.isNaN(column[row] ?? Number.NaN)) rows.push(row);
  }
  return rows;
}
