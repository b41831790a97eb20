import { ANALYSIS_BOUNDS } from '../settings/index.ts';
import { entityKey, type Fact, lowerBound, rowsOf, type Run, type SourceEvent, type Table } from '../../core/readings/index.ts';
import type { Delivery } from '../ownership/index.ts';
import type { Tracker } from '../../core/analyse/index.ts';
import { tablesOfDelivery } from './to-tables.ts';

/** What came for a job since its last verdict: pushed to the tracker in one go, which costs less than batch by batch. */
export interface Pending {
  readonly tables: Table[];
  readonly facts: Fact[];
  readonly events: SourceEvent[];
}

/** A running job's tracker with what waits for it. */
export interface Waiting {
  readonly tracker: Pick<Tracker, 'push'>;
  /** Seconds UTC; null before the first reading. */
  lastReadingAt: number | null;
  /** True when readings came since the last verdict. */
  dirty: boolean;
  pending: Pending;
  /** True while the past is read from the store. */
  restoring: boolean;
  /** True when more came meanwhile than is held: the store has it, so it is read again. */
  overflown: boolean;
}

/** Nothing, yet. */
export function nothing(): Pending {
  return { tables: [], facts: [], events: [] };
}

/** Tables held for one job at most; ten seconds of the busiest job are some thousand. */
const HELD = ANALYSIS_BOUNDS.held.value;

/** Keeps what a batch brought until the next verdict. */
export function hold(entry: Waiting, delivery: Delivery): void {
  for (const { t } of delivery.tables) entry.lastReadingAt = later(entry.lastReadingAt, t.at(-1) ?? null);
  entry.dirty = true;
  if (entry.pending.tables.length > HELD) {
    if (!entry.restoring) return drain(entry);
    entry.overflown = true;
    entry.pending = nothing();
    return;
  }
  const { tables, facts, events } = entry.pending;
  tables.push(...delivery.tables);
  facts.push(...delivery.facts);
  events.push(...delivery.events);
}

/** Hands what is held to the tracker. */
export function drain(entry: Waiting): void {
  const { pending } = entry;
  if (pending.tables.length + pending.facts.length + pending.events.length === 0) return;
  entry.pending = nothing();
  entry.tracker.push(tablesOfDelivery(pending), pending.events);
}

/** What came, without the rows that a run already has; the tracker would count them as late. */
export function after(run: Run, came: Pending): Pending {
  const last = new Map(run.tables.map((table) => [entityKey(table.entity), table.t.at(-1) ?? Number.NEGATIVE_INFINITY]));
  const tables = came.tables.flatMap((table) => {
    const reached = last.get(entityKey(table.entity)) ?? Number.NEGATIVE_INFINITY;
    let from = lowerBound(table.t, reached);
    if (table.t[from] === reached) from += 1;
    return from < table.t.length ? [rowsOf(table, from, table.t.length)] : [];
  });
  return { ...came, tables };
}

/** The later of two instants; null where neither is known. */
export function later(a: number | null, b: number | null): number | null {
  return a === null || (b !== null && b > a) ? b : a;
}
