import type { MetricId, Table } from '../../core/readings/index.ts';

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
  const values = new Map<MetricId, { readonly value: number; readonly at: number }>();
  let newest: number | null = null;
  return {
    get at() {
      return newest;
    },
    get(id) {
      const known = values.get(id);
      return known === undefined || (newest ?? known.at) - known.at > SILENT ? undefined : known.value;
    },
    take({ t, columns }) {
      const last = t.at(-1);
      if (last !== undefined && (newest === null || last > newest)) newest = last;
      for (const id of ids) {
        const column = columns.get(id);
        let row = (column?.length ?? 0) - 1;
        while (row >= 0 && Number.isNaN(column?.[row])) row -= 1;
        const value = column?.[row];
        const at = t[row];
        // A spool sent late must not overwrite what is newer.
        if (value !== undefined && at !== undefined && at >= (values.get(id)?.at ?? at)) values.set(id, { value, at });
      }
    },
  };
}
