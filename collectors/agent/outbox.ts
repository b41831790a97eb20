import { AGENT_BOUNDS } from '../bounds/index.ts';
import { entityKey, type Fact, type Intake, outgoingIntake, type Reading, type SourceEvent, tablesOf } from '../../core/readings/index.ts';

/** Seconds after which all facts are told again: a receiver may have lost them. */
const REPEAT_FACTS = 3600;
/** Bounds of one batch: what comes beyond them before the next flush is counted and told, not kept. */
const { readings: MAX_READINGS, events: MAX_EVENTS, facts: MAX_FACTS } = AGENT_BOUNDS;

/** Gathers what the sources see until it is sent. */
export interface Outbox {
  readings(readings: readonly Reading[]): void;
  /** Facts are sent when they change, and all of them once an hour. */
  facts(facts: readonly Fact[]): void;
  event(event: SourceEvent): void;
  /** What was gathered, as it travels; null where there is nothing. */
  take(now: number): Intake | null;
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
      const intake = outgoingIntake({
        source: options.source,
        seq,
        node: options.node,
        ...(options.job === null ? {} : { job: options.job }),
        tables: tablesOf(readings),
        facts: [...changed.values()],
        events,
      });
      readings = [];
      events = [];
      lost = 0;
      changed.clear();
      return intake;
    },
  };
}
