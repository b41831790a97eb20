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
  const values = new Map<MetricId, { value: number; at: number }>();
  let newest: number | null = null;
  return {
    get at() {
      return newest;
    },
    get(id) {
      const known = values.get(id);
      return known === undefined || (newest ?? known.at) - known.at > SILENT ? undefined : known.value;
    },
    take(table) {
      const { t } = table;
      const last = t[t.length - 1];
      if (last !== undefined && (newest === null || last > newest)) newest = last;
      for (const id of ids) {
        const column = valuesIn(table, id);
        if (column === null) continue;
        let row = t.length - 1;
        while (row >= 0 && Number.isNaN(column.numbers[column.from + row])) row -= 1;
        const at = t[row];
        const value = column.numbers[column.from + row];
        if (at === undefined || value === undefined) continue;
        const known = values.get(id);
        if (known === undefined) values.set(id, { value, at });
        // A spool sent late must not overwrite what is newer.
        else if (at >= known.at) {
          known.value = value;
          known.at = at;
        }
      }
    },
  };
}
