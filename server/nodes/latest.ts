import { type MetricId, type Table, valuesIn } from '../../core/readings/index.ts';

/** Seconds without a reading after which a GPU or node counts as silent, and a value as gone: three periods of the slowest collector. */
export const SILENT = 180;

/** The latest values of one entity, of the metrics that lists show. */
export interface Latest {
  /** Seconds UTC of the latest reading; null when none came. */
  readonly at: number | null;
  /** Undefined where no reading has it any more: a source that stopped says nothing of now, though others go on. */
  get(id: MetricId): number | undefined;
  take(table: Table): void;
}

/** Nothing heard yet; keeps these metrics. */
export function latestOf(ids: readonly MetricId[]): Latest {
  const values = new Float64Array(ids.length).fill(Number.NaN);
  const ats = new Float64Array(ids.length).fill(Number.NEGATIVE_INFINITY);
  let newest: number | null = null;
  return {
    get at() {
      return newest;
    },
    get(id) {
      const place = ids.indexOf(id);
      const [value, at] = [values[place], ats[place]];
      return value === undefined || at === undefined || Number.isNaN(value) || (newest ?? at) - at > SILENT ? undefined : value;
    },
    take(table) {
      const { t } = table;
      const last = t[t.length - 1];
      if (last !== undefined && (newest === null || last > newest)) newest = last;
      for (const [place, id] of ids.entries()) {
        const column = valuesIn(table, id);
        if (column === null) continue;
        let row = t.length - 1;
        while (row >= 0 && Number.isNaN(column.numbers[column.from + row])) row -= 1;
        const at = t[row];
        const value = column.numbers[column.from + row];
        if (at === undefined || value === undefined) continue;
        // A spool sent late must not overwrite what is newer.
        if (at < (ats[place] ?? at)) continue;
        values[place] = value;
        ats[place] = at;
      }
    },
  };
}
