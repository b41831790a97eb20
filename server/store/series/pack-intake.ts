import { ENTITY_KINDS, type EntityKind, type EntityRef, faultOfName, type Intake, LAST_SEQ, type MetricId, packedOf } from '../../../core/readings/index.ts';

/** One entity's part of an intake: its numbers are rows of `data`, first the times, then each metric's values. */
interface PackedTable {
  readonly kind: EntityKind;
  readonly id: string;
  readonly node: string | null;
  readonly rows: number;
  readonly metrics: readonly MetricId[];
}

/** An intake as it crosses to the worker: one array of numbers instead of many small ones. NaN is absent. */
export interface PackedIntake {
  readonly source: string;
  readonly seq: number;
  /** Values that are there. */
  readonly values: number;
  readonly tables: readonly PackedTable[];
  readonly data: Float64Array<ArrayBuffer>;
}

/** Sets of metrics that came before: the same array for the same set, which a group then holds once. */
const sets = new Map<string, readonly MetricId[]>();
/** The one that came last: mostly the next one is the same. */
let lastSet: readonly MetricId[] = [];

function sharedSet(columns: ReadonlyMap<MetricId, unknown>): readonly MetricId[] {
  if (!isSet(columns, lastSet)) lastSet = setOf([...columns.keys()]);
  return lastSet;
}

function isSet(columns: ReadonlyMap<MetricId, unknown>, set: readonly MetricId[]): boolean {
  if (columns.size !== set.length) return false;
  let index = 0;
  for (const id of columns.keys()) if (id !== set[index++]) return false;
  return true;
}

function setOf(list: readonly MetricId[]): readonly MetricId[] {
  const key = list.join();
  let set = sets.get(key);
  if (set === undefined) {
    if (sets.size > 10_000) sets.clear();
    set = list;
    sets.set(key, set);
  }
  return set;
}

/** Throws RangeError for what the file cannot hold, a column of another length than `t`, and a time that is no finite number: nobody else's intake has to suffer for it. */
export function packIntake(intake: Pick<Intake, 'source' | 'seq' | 'tables'>): PackedIntake {
  const { source, seq } = intake;
  if (!(seq >= 0 && seq <= LAST_SEQ) || !Number.isInteger(seq)) throw new RangeError(`a batch numbered ${seq}: numbers are integers from 0 to ${LAST_SEQ}`);
  const fault = faultOfName(source);
  if (fault !== null) throw new RangeError(`a source of a batch: ${fault}`);
  return alreadyPacked(intake) ?? packedAnew(intake);
}

/** An intake whose tables fill one array, one behind the other, as ingest reads them from a body: the array itself. */
function alreadyPacked({ source, seq, tables }: Pick<Intake, 'source' | 'seq' | 'tables'>): PackedIntake | null {
  const first = tables[0];
  const data = first === undefined ? undefined : packedOf(first)?.numbers;
  if (data === undefined) return null;
  const packed: PackedTable[] = [];
  let at = 0;
  let values = 0;
  for (const table of tables) {
    const part = packedOf(table);
    if (part?.numbers !== data || part.from !== at) return null;
    at += part.rows * (1 + part.metrics.length);
    for (let index = part.from + part.rows; index < at; index += 1) if (!Number.isNaN(data[index])) values += 1;
    packed.push(headOf(table.entity, part));
  }
  return at === data.length ? { source, seq, values, tables: packed, data } : null;
}

function packedAnew({ source, seq, tables }: Pick<Intake, 'source' | 'seq' | 'tables'>): PackedIntake {
  const data = new Float64Array(tables.reduce((sum, { t, columns }) => sum + t.length * (1 + columns.size), 0));
  const packed: PackedTable[] = [];
  let at = 0;
  let values = 0;
  for (const { entity, t, columns } of tables) {
    const rows = t.length;
    if (rows === 0) continue;
    for (let row = 0; row < rows; row += 1) {
      const time = t[row] ?? Number.NaN;
      if (!Number.isFinite(time)) throw new RangeError(`${entity.kind} ${entity.id} has a time that is no number`);
      data[at++] = time;
    }
    for (const [metric, column] of columns) {
      if (column.length !== rows) throw new RangeError(`${entity.kind} ${entity.id}: ${metric} has ${column.length} values for ${rows} times`);
      for (let row = 0; row < rows; row += 1) {
        const value = column[row] ?? Number.NaN;
        const there = Number.isFinite(value);
        data[at++] = there ? value : Number.NaN;
        if (there) values += 1;
      }
    }
    packed.push(headOf(entity, { rows, metrics: sharedSet(columns) }));
  }
  return { source, seq, values, tables: packed, data };
}

function headOf({ kind, id, node }: EntityRef, { rows, metrics }: Pick<PackedTable, 'rows' | 'metrics'>): PackedTable {
  if (!ENTITY_KINDS.includes(kind)) throw new RangeError('an entity of a kind that nobody knows');
  return { kind, id, node: node ?? null, rows, metrics };
}
