import { type EntityRef, type FactName, type MetricId, METRICS, type Table } from '../../core/readings/index.ts';

/** Rows kept per entity before neighbours are merged: two weeks at 5 s, some 20 MB with twelve metrics. */
const MAX_ROWS = 200_000;

/**
 * Columns of one entity that grow row by row, so that a log of any length needs bounded memory: at `maxRows` rows
 * neighbours are merged pairwise (gauges by their mean, counters by the later value), which halves the resolution.
 */
export interface GrowTable {
  add(at: number, values: Readonly<Partial<Record<MetricId, number>>>): void;
  setFact(name: FactName, value: string): void;
  /** How many readings became one row: 1, 2, 4 … */
  readonly merged: number;
  readonly rows: number;
  table(): Table;
}

/** An empty table of an entity. Times in seconds, values in SI units; NaN where a row lacks a column. */
export function growTable(entity: EntityRef, maxRows: number = MAX_ROWS): GrowTable {
  let t = new Float64Array(64);
  let count = 0;
  let merged = 1;
  let sorted = true;
  const columns = new Map<MetricId, Float64Array>();
  const facts = new Map<FactName, string>();

  const grow = () => {
    t = enlarged(t, t.length * 2);
    for (const [id, column] of columns) columns.set(id, enlarged(column, t.length));
  };
  const put = (id: MetricId, row: number, value: number) => {
    let column = columns.get(id);
    if (column === undefined) {
      column = new Float64Array(t.length).fill(Number.NaN);
      columns.set(id, column);
    }
    column[row] = value;
  };
  const halve = () => {
    if (!sorted) sortRows();
    const pairs = Math.floor(count / 2);
    for (const [id, column] of columns) mergePairs(column, pairs, METRICS[id].kind === 'counter');
    for (let pair = 0; pair < pairs; pair += 1) t[pair] = t[2 * pair + 1] ?? Number.NaN;
    if (count % 2 === 1) {
      t[pairs] = t[count - 1] ?? Number.NaN;
      for (const column of columns.values()) column[pairs] = column[count - 1] ?? Number.NaN;
    }
    const rest = pairs + (count % 2);
    for (const column of columns.values()) column.fill(Number.NaN, rest);
    count = rest;
    merged *= 2;
  };
  const sortRows = () => {
    const order = Array.from({ length: count }, (_, index) => index).sort((a, b) => (t[a] ?? Number.NaN) - (t[b] ?? Number.NaN) || a - b);
    const sortedT = Float64Array.from(order, (index) => t[index] ?? Number.NaN);
    for (const column of columns.values()) column.set(Float64Array.from(order, (index) => column[index] ?? Number.NaN));
    t.set(sortedT);
    sorted = true;
  };

  return {
    get merged() {
      return merged;
    },
    get rows() {
      return count;
    },
    setFact: (name, value) => void facts.set(name, value),
    add(at, values) {
      if (count >= maxRows) halve();
      const last = count === 0 ? Number.NEGATIVE_INFINITY : (t[count - 1] ?? Number.NaN);
      // Tools that print one entity over several lines (exposition pages, a table and its processes) share one instant.
      const row = at === last ? count - 1 : count;
      if (row === count) {
        if (count === t.length) grow();
        if (at < last) sorted = false;
        t[row] = at;
        count += 1;
      }
      for (const id in values) {
        const metricId = id as MetricId; // a parse boundary: keys of a reading's values are metric ids
        const value = values[metricId];
        if (value !== undefined) put(metricId, row, value);
      }
    },
    table() {
      if (!sorted) sortRows();
      return distinct({ entity, t: t.subarray(0, count), columns: new Map([...columns].map(([id, column]) => [id, column.subarray(0, count)])), facts });
    },
  };
}

/** Merges rows of equal time (possible after a sort): the later value wins where both are there. */
function distinct(table: Table): Table {
  let repeats = false;
  for (let index = 1; index < table.t.length; index += 1) if (table.t[index] === table.t[index - 1]) repeats = true;
  if (!repeats) return table;
  const keep: number[] = [];
  for (let index = 0; index < table.t.length; index += 1) {
    if (index + 1 < table.t.length && table.t[index] === table.t[index + 1]) {
      for (const column of table.columns.values()) {
        const earlier = column[index];
        if (earlier !== undefined && Number.isNaN(column[index + 1])) column[index + 1] = earlier;
      }
    } else keep.push(index);
  }
  const pick = (column: Float64Array) => Float64Array.from(keep, (index) => column[index] ?? Number.NaN);
  return { ...table, t: pick(table.t), columns: new Map([...table.columns].map(([id, column]) => [id, pick(column)])) };
}

function mergePairs(column: Float64Array, pairs: number, counter: boolean): void {
  for (let pair = 0; pair < pairs; pair += 1) {
    const first = column[2 * pair] ?? Number.NaN;
    const second = column[2 * pair + 1] ?? Number.NaN;
    if (Number.isNaN(first)) column[pair] = second;
    else if (Number.isNaN(second)) column[pair] = first;
    else column[pair] = counter ? second : (first + second) / 2;
  }
}

function enlarged(column: Float64Array, length: number): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(length).fill(Number.NaN);
  larger.set(column);
  return larger;
}
