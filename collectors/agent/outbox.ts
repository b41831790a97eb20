import { entityKey, type EntityRef, type Fact, type MetricId, METRICS, type Reading, type SourceEvent, tablesOf } from '../../core/readings/index.ts';
import type { IngestBatch, WireEvent, WireFact } from '../../core/contract/index.ts';

/** Seconds after which all facts are told again: a receiver may have lost them. */
const REPEAT_FACTS = 3600;
/** Bounds of one batch: what comes beyond them before the next flush is counted and told, not kept. */
const MAX_READINGS = 20_000;
const MAX_EVENTS = 500;
const MAX_FACTS = 5000;

/** Gathers what the sources see until it is sent. */
export interface Outbox {
  readings(readings: readonly Reading[]): void;
  /** Facts are sent when they change, and all of them once an hour. */
  facts(facts: readonly Fact[]): void;
  event(event: SourceEvent): void;
  /** What was gathered, as a batch; null where there is nothing. */
  take(now: number): IngestBatch | null;
}

export interface OutboxOptions {
  readonly source: string;
  readonly node: string;
  /** `cluster/id`. */
  readonly job: string | null;
  /** Called when something was added. */
  readonly added: () => void;
}

/** An empty outbox; its batches are numbered from 1. */
export function outbox(options: OutboxOptions): Outbox {
  let readings: Reading[] = [];
  let events: SourceEvent[] = [];
  let lost = 0;
  let seq = 0;
  let told = Number.NEGATIVE_INFINITY;
  const known = new Map<string, Fact>();
  const changed = new Map<string, Fact>();

  const repeatAll = (now: number): void => {
    if (now - told < REPEAT_FACTS) return;
    told = now;
    for (const [key, fact] of known) changed.set(key, fact);
  };

  return {
    readings(more) {
      const room = MAX_READINGS - readings.length;
      readings.push(...more.slice(0, Math.max(0, room)));
      lost += Math.max(0, more.length - room);
      if (more.length > 0) options.added();
    },
    facts(more) {
      for (const fact of more) {
        const key = `${entityKey(fact.entity)} ${fact.name}`;
        if (known.get(key)?.value === fact.value) continue;
        if (known.size >= MAX_FACTS) known.clear(); // processes come and go: what still is will be told again
        known.set(key, fact);
        if (changed.size < MAX_FACTS) changed.set(key, fact);
        options.added();
      }
    },
    event(event) {
      if (events.length < MAX_EVENTS) events.push(event);
      options.added();
    },
    take(now) {
      if (lost > 0) events.push({ at: now, entity: null, kind: 'collector', text: `${lost} readings were too many for one batch and were dropped` });
      if (readings.length === 0 && events.length === 0 && changed.size === 0) return null;
      repeatAll(now);
      seq += 1;
      const batch: IngestBatch = {
        source: options.source,
        seq,
        node: options.node,
        ...(options.job === null ? {} : { job: options.job }),
        blocks: blocksOf(readings),
        facts: [...changed.values()].map(wireFact),
        events: events.map(wireEvent),
      };
      readings = [];
      events = [];
      lost = 0;
      changed.clear();
      return batch;
    },
  };
}

function blocksOf(readings: readonly Reading[]): IngestBatch['blocks'] {
  return tablesOf(readings).map((table) => ({
    entity: wireEntity(table.entity),
    t: Array.from(table.t, (at) => Math.round(at * 1000) / 1000),
    columns: Object.fromEntries(
      [...table.columns].map(([id, column]) => [id, Array.from(column, (value) => (Number.isNaN(value) ? null : rounded(id, value)))]),
    ),
  }));
}

/** A ratio of two counters has sixteen digits, four of which mean something; the rest only cost space at every step from here on. */
function rounded(id: MetricId, value: number): number {
  return METRICS[id].unit === 'ratio' ? Math.round(value * 1e4) / 1e4 : value;
}

function wireEntity(entity: EntityRef): WireFact['entity'] {
  return entity.node === undefined ? { kind: entity.kind, id: entity.id } : { kind: entity.kind, id: entity.id, node: entity.node };
}

function wireFact(fact: Fact): WireFact {
  return { entity: wireEntity(fact.entity), name: fact.name, value: fact.value.slice(0, 4000) };
}

function wireEvent(event: SourceEvent): WireEvent {
  return { at: event.at, entity: event.entity === null ? null : wireEntity(event.entity), kind: event.kind, text: event.text.slice(0, 1000) };
}
