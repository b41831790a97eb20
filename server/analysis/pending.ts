import { entityKey, type Fact, type Run, type SourceEvent } from '../../core/readings/index.ts';
import type { Delivery, Part } from '../ownership/index.ts';
import type { Tracker } from '../../core/analyse/index.ts';
import { tablesOfDelivery } from './to-tables.ts';

/** What came for a job since its last verdict: pushed to the tracker in one go, which costs less than batch by batch. */
export interface Pending {
  readonly parts: Part[];
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
  return { parts: [], facts: [], events: [] };
}

/** Stretches held for one job at most; ten seconds of the busiest job are some thousand. */
const HELD = 50_000;

/** Keeps what a batch brought until the next verdict. */
export function hold(entry: Waiting, delivery: Delivery): void {
  for (const { block, to } of delivery.parts) entry.lastReadingAt = later(entry.lastReadingAt, block.t[to - 1] ?? null);
  entry.dirty = true;
  if (entry.pending.parts.length > HELD) {
    if (!entry.restoring) return drain(entry);
    entry.overflown = true;
    entry.pending = nothing();
    return;
  }
  const { parts, facts, events } = entry.pending;
  parts.push(...delivery.parts);
  facts.push(...delivery.facts);
  events.push(...delivery.events);
}

/** Hands what is held to the tracker. */
export function drain(entry: Waiting): void {
  const { pending } = entry;
  if (pending.parts.length + pending.facts.length + pending.events.length === 0) return;
  entry.pending = nothing();
  entry.tracker.push(tablesOfDelivery(pending), pending.events);
}

/** What came, without the rows that a run already has; the tracker would count them as late. */
export function after(run: Run, came: Pending): Pending {
  const last = new Map(run.tables.map((table) => [entityKey(table.entity), table.t.at(-1) ?? Number.NEGATIVE_INFINITY]));
  const parts = came.parts.flatMap((part) => {
    const reached = last.get(entityKey(part.block.entity)) ?? Number.NEGATIVE_INFINITY;
    let { from } = part;
    while (from < part.to && (part.block.t[from] ?? Number.POSITIVE_INFINITY) <= reached) from += 1;
    return from < part.to ? [{ ...part, from }] : [];
  });
  return { ...came, parts };
}

/** The later of two instants; null where neither is known. */
export function later(a: number | null, b: number | null): number | null {
  return a === null || (b !== null && b > a) ? b : a;
}
