import { ENTITY_KINDS, type MetricId } from '../../../core/readings/index.ts';
import type { PackedIntake } from './pack-intake.ts';

/**
 * Many intakes as they cross to the worker in one message: four things, for each of thousands of small objects would be written and read
 * with the names of its fields. The message is kept until it is answered (it may have to be sent again), so nothing in it is given away.
 */
export interface PackedGroup {
  /** Per intake its source, then per table its id and, where it is another than the one before, its node. */
  readonly names: readonly string[];
  /** Per intake seq, values and number of tables, then per table kind, node (0: none, 1: the last one named, 2: named here), rows and set. */
  readonly heads: readonly number[];
  readonly sets: readonly (readonly MetricId[])[];
  /** The numbers of all, one behind the other. */
  readonly data: Float64Array<ArrayBuffer>;
}

/** What `unpackGroup` takes apart again. */
export function packGroup(batches: readonly PackedIntake[]): PackedGroup {
  const names: string[] = [];
  const heads: number[] = [];
  const sets = new Map<readonly MetricId[], number>();
  const data = new Float64Array(batches.reduce((sum, batch) => sum + batch.data.length, 0));
  let at = 0;
  let lastNode: string | null = null;
  for (const { source, seq, values, tables, data: numbers } of batches) {
    names.push(source);
    heads.push(seq, values, tables.length);
    for (const { kind, id, node, rows, metrics } of tables) {
      let set = sets.get(metrics);
      if (set === undefined) sets.set(metrics, (set = sets.size));
      const named = node !== null && node !== lastNode;
      names.push(id);
      if (named) names.push((lastNode = node));
      heads.push(ENTITY_KINDS.indexOf(kind), node === null ? 0 : named ? 2 : 1, rows, set);
    }
    data.set(numbers, at);
    at += numbers.length;
  }
  return { names, heads, sets: [...sets.keys()], data };
}

/** The intakes of a group, their numbers as views on its array. Throws RangeError where a group is none. */
export function unpackGroup({ names, heads, sets, data }: PackedGroup): PackedIntake[] {
  const name = reader(names);
  const head = reader(heads);
  let from = 0;
  let lastNode: string | null = null;
  const table = (): PackedIntake['tables'][number] => {
    const id = name.next();
    const kind = at(ENTITY_KINDS, head.next());
    const said = head.next();
    if (said === 2) lastNode = name.next();
    return { kind, id, node: said === 0 ? null : lastNode, rows: head.next(), metrics: at(sets, head.next()) };
  };
  const batches: PackedIntake[] = [];
  while (!head.ended()) {
    const source = name.next();
    const [seq, values, count] = [head.next(), head.next(), head.next()];
    const tables = Array.from({ length: count }, table);
    const length = tables.reduce((sum, { rows, metrics }) => sum + rows * (1 + metrics.length), 0);
    batches.push({ source, seq, values, tables, data: data.subarray(from, from + length) });
    from += length;
  }
  return batches;
}

function reader<T>(list: readonly T[]): { next(): T; ended(): boolean } {
  let place = 0;
  return { next: () => at(list, place++), ended: () => place >= list.length };
}

function at<T>(list: readonly T[], index: number): T {
  const one = list[index];
  if (one === undefined) throw new RangeError('a group says more than it holds');
  return one;
}
