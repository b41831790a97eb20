import { ANALYSIS_BOUNDS } from '../settings/index.ts';
import { entityKey, type Fact, lowerBound, rowsOf, type Run, type SourceEvent, type Table } from '../../core/readings/index.ts';
import type { Delivery } from '../ownership/index.ts';
import { tablesOfDelivery } from './to-tables.ts';
import type { Tracking } from './trackers.ts';

/** What came for a job since its last verdict: pushed to the tracker in one go, which costs less than batch by batch. */
export interface Pending {
  readonly tables: Table[];
  readonly facts: Fact[];
  readonly events: SourceEvent[];
}

/** A running job's tracker with what waits for it. */
export interface Waiting {
  readonly tracker: Pick<Tracking, 'push'>;
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
    if (!entry.restoring) {
      const { tables, events } = taken(entry);
      return entry.tracker.push(tables, events);
    }
    entry.overflown = true;
    entry.pending = nothing();
    return;
  }
  const { tables, facts, events } = entry.pending;
  tables.push(...delivery.tables);
  facts.push(...delivery.facts);
  events.push(...delivery.events);
}

/** What is held, for the tracker: nothing is held any more. */
export function taken(entry: Waiting): { readonly tables: Table[]; readonly events: readonly SourceEvent[] } {
  const { pending } = entry;
  entry.pending = nothing();
  return { tables: tablesOfDelivery(pending), events: pending.events };
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
