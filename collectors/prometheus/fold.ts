import type { EntityRef, MetricId, Reading } from '../../core/readings/index.ts';
import { scaled, type Slot } from './resolve.ts';
import { openWatch, type Watch } from './watch.ts';
import type { Values } from '../text/index.ts';

/** What is held before it is handed over: a text that needs more is refused from there on, so that memory stays bounded. */
const MAX_HELD = 4_000_000; // values
const MAX_ROWS = 1_000_000; // an entity at an instant
const MAX_ENTITIES = 20_000;
const MAX_TOGETHER = 50_000; // cores and modes, disks, ports, parts of one row
/** Entities whose cores and disks are remembered between two instants. */
const MAX_WATCHED = 2_000;

/** One entity at one instant, while its series come in. */
interface Row {
  readonly values: Values;
  ranks: Map<MetricId, number> | null;
  counts: Map<MetricId, number> | null;
  parts: Map<Slot, number> | null;
  together: Map<Slot, number> | null;
  yields: Map<MetricId, MetricId> | null;
}

interface Book {
  readonly entity: EntityRef;
  readonly rows: Map<number, Row>;
  /** The row that was asked for last: series of one page and neighbouring columns ask for it again. */
  lastAt: number;
  last: Row | null;
}

/** Turns single samples into readings: several series of one entity at one instant become one value each. */
export interface Folder {
  /** Adds a sample, in the exporter's unit. False where the limit is reached and it was not kept. */
  add(slot: Slot, at: number, value: number): boolean;
  /** Hands over everything, each entity's readings in order of time; `timeOf` may still put a time right, or drop it with null. */
  flush(options: { timeOf: (at: number) => number | null; entityOf: (entity: EntityRef) => EntityRef }): Reading[];
  /** How many values are held. */
  readonly held: number;
}

/** An empty folder; its readings are in SI units at the times that were added. */
export function openFolder(): Folder {
  let books = new Map<string, Book>();
  const watches = new Map<string, Watch>();
  let held = 0;
  let rowsHeld = 0;

  const rowOf = ({ entity, key }: Slot, at: number): Row | null => {
    let book = books.get(key);
    if (book === undefined) {
      if (books.size >= MAX_ENTITIES) return null;
      books.set(key, (book = { entity, rows: new Map(), lastAt: Number.NaN, last: null }));
    }
    if (book.last !== null && book.lastAt === at) return book.last;
    let row = book.rows.get(at);
    if (row === undefined) {
      if (rowsHeld >= MAX_ROWS) return null;
      book.rows.set(at, (row = { values: {}, ranks: null, counts: null, parts: null, together: null, yields: null }));
      rowsHeld += 1;
    }
    book.lastAt = at;
    book.last = row;
    return row;
  };
  const watchOf = (key: string): Watch => {
    let watch = watches.get(key);
    if (watch === undefined) {
      if (watches.size >= MAX_WATCHED) watches.clear();
      watches.set(key, (watch = openWatch()));
    }
    return watch;
  };

  return {
    get held() {
      return held;
    },
    add(slot, at, value) {
      const row = held < MAX_HELD ? rowOf(slot, at) : null;
      if (row === null) return false;
      held += 1;
      return put(row, slot, value);
    },
    flush({ timeOf, entityOf }) {
      const readings: Reading[] = [];
      for (const [key, book] of books) {
        const entity = entityOf(book.entity);
        for (const { at, row } of inOrder(book.rows, timeOf)) {
          if (row.together !== null) watchOf(key).settle(row.together, row.values);
          finish(row);
          if (hasValues(row.values)) readings.push({ entity, at, values: row.values });
        }
      }
      books = new Map();
      held = 0;
      rowsHeld = 0;
      return readings;
    },
  };
}

function inOrder(rows: ReadonlyMap<number, Row>, timeOf: (at: number) => number | null): { at: number; row: Row }[] {
  const dated: { at: number; row: Row }[] = [];
  for (const [held, row] of rows) {
    const at = timeOf(held);
    if (at !== null) dated.push({ at, row });
  }
  return dated.sort((a, b) => a.at - b.at);
}

/** False where the row is full. */
function put(row: Row, slot: Slot, raw: number): boolean {
  const { rule } = slot;
  switch (rule.fold) {
    case 'busiest':
    case 'core':
    case 'port':
      return keep((row.together ??= new Map<Slot, number>()), slot, raw);
    case 'parts':
      return keep((row.parts ??= new Map<Slot, number>()), slot, scaled(rule, raw));
    default:
      merge(row, slot, raw);
      return true;
  }
}

function keep(kept: Map<Slot, number>, slot: Slot, value: number): boolean {
  if (kept.size >= MAX_TOGETHER && !kept.has(slot)) return false;
  kept.set(slot, value);
  return true;
}

function merge(row: Row, slot: Slot, raw: number): void {
  const { rule } = slot;
  const value = rule.fold === 'count' ? 1 : scaled(rule, raw);
  const { to, unless } = rule;
  if (unless !== undefined) (row.yields ??= new Map()).set(to, unless);
  const held = row.values[to];
  const order = held === undefined ? 1 : compareRank(row, to, rule.rank);
  if (order < 0) return;
  if (rule.rank !== undefined) (row.ranks ??= new Map()).set(to, rule.rank);
  if (held === undefined || order > 0) {
    row.values[to] = value;
    if (rule.fold === 'mean') (row.counts ??= new Map()).set(to, 1);
    return;
  }
  switch (rule.fold) {
    case 'sum':
    case 'count':
      row.values[to] = held + value;
      return;
    case 'mean': {
      const count = (row.counts?.get(to) ?? 1) + 1;
      (row.counts ??= new Map()).set(to, count);
      row.values[to] = held + (value - held) / count;
      return;
    }
    default:
      row.values[to] = Math.max(held, value);
  }
}

/** Above 0 where the new value's source is better than that of the value held, 0 where it is the same, below 0 where it is worse. */
function compareRank(row: Row, to: MetricId, rank: number | undefined): number {
  const UNRANKED = 0;
  return (rank ?? UNRANKED) - (row.ranks?.get(to) ?? UNRANKED);
}

/** Adds up what needs all its parts, and drops what another metric says better. */
function finish(row: Row): void {
  if (row.parts !== null) addParts(row, row.parts);
  if (row.yields !== null) for (const [to, unless] of row.yields) if (row.values[unless] !== undefined) delete row.values[to];
}

function addParts(row: Row, parts: ReadonlyMap<Slot, number>): void {
  const sums = new Map<MetricId, { total: number; seen: Set<string>; needed: readonly string[] }>();
  for (const [slot, value] of parts) {
    const { to, part = '', parts: needed = [] } = slot.rule;
    let sum = sums.get(to);
    if (sum === undefined) sums.set(to, (sum = { total: 0, seen: new Set(), needed }));
    sum.total += value;
    sum.seen.add(part);
  }
  for (const [to, { total, seen, needed }] of sums) {
    if (row.values[to] === undefined && seen.size === needed.length && total >= 0) row.values[to] = total;
  }
}

function hasValues(values: Values): boolean {
  for (const _ in values) return true;
  return false;
}
