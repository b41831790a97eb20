import type { Table } from './columns.ts';
import type { EntityRef } from './entity.ts';
import type { MetricId } from './metrics.ts';
import type { FactName } from './reading.ts';

/** Where a table's numbers lie in an array that it may share with others: from `from` on `rows` times (seconds UTC), then as many values of each metric in turn. NaN is absent. */
export interface Packed {
  readonly numbers: Float64Array<ArrayBuffer>;
  readonly from: number;
  readonly rows: number;
  readonly metrics: readonly MetricId[];
}

/**
 * Columns that become arrays of their own when somebody first asks for one. Of most tables that come in only the latest values are looked
 * at, and sixty tiny arrays a batch cost more than all else that is done with it. A class, though the house has none: what costs is making
 * it, and an object with eight functions of its own is made as slowly as the arrays are.
 */
class PackedColumns implements ReadonlyMap<MetricId, Float64Array> {
  readonly packed: Packed;
  readonly t: Float64Array;
  private made: ReadonlyMap<MetricId, Float64Array> | null = null;

  constructor(packed: Packed, t: Float64Array) {
    this.packed = packed;
    this.t = t;
  }

  private get all(): ReadonlyMap<MetricId, Float64Array> {
    const { numbers, from, rows, metrics } = this.packed;
    const column = (index: number) => numbers.subarray(from + (index + 1) * rows, from + (index + 2) * rows);
    return (this.made ??= new Map(metrics.map((id, index) => [id, column(index)])));
  }

  get size(): number {
    return this.packed.metrics.length;
  }
  get(id: MetricId): Float64Array | undefined {
    return this.all.get(id);
  }
  has(id: MetricId): boolean {
    return this.packed.metrics.includes(id);
  }
  keys() {
    return this.all.keys();
  }
  values() {
    return this.all.values();
  }
  entries() {
    return this.all.entries();
  }
  [Symbol.iterator]() {
    return this.all[Symbol.iterator]();
  }
  forEach(each: (column: Float64Array, id: MetricId, map: ReadonlyMap<MetricId, Float64Array>) => void): void {
    this.all.forEach(each);
  }
}

const NO_FACTS: ReadonlyMap<FactName, string> = new Map();

/** A table over packed numbers, without facts. */
export function packedTable(entity: EntityRef, packed: Packed): Table {
  const t = packed.numbers.subarray(packed.from, packed.from + packed.rows);
  return { entity, t, columns: new PackedColumns(packed, t), facts: NO_FACTS };
}

/** Where the numbers of a table lie that is packed still; null where columns or times are others by now. */
export function packedOf({ t, columns }: Pick<Table, 't' | 'columns'>): Packed | null {
  return columns instanceof PackedColumns && columns.t === t ? columns.packed : null;
}

/** Where in which array a table has the values of a metric, without an array made for them; null where it has none. */
export function valuesIn(table: Table, id: MetricId): { readonly numbers: Float64Array; readonly from: number } | null {
  const packed = packedOf(table);
  if (packed === null) {
    const column = table.columns.get(id);
    return column === undefined ? null : { numbers: column, from: 0 };
  }
  const index = packed.metrics.indexOf(id);
  return index < 0 ? null : { numbers: packed.numbers, from: packed.from + (index + 1) * packed.rows };
}
