import type { IngestBatch, IngestReply, WireEntity } from '../../core/contract/index.ts';
import type { Store } from '../store/index.ts';
import { checkBatch } from './check-batch.ts';
import type { Window } from './check-block.ts';

/** Where a batch came from. Recordings (a page's import, the demo's past) may be of any age; what is measured now may not. */
export interface Origin {
  readonly kind: 'agent' | 'raw' | 'page' | 'demo';
  /** The token's, stream's or generator's name, for the log. */
  readonly name: string;
}

/** The one way in. Resolves after the readings are on disk. Throws Problem (not a batch) and StoreBusy (nothing stored: send again). */
export type Ingest = (batch: unknown, origin: Origin) => Promise<IngestReply>;

export interface IngestOptions {
  readonly series: Store['series'];
  readonly rawDays: number;
  readonly now: () => number;
  /** Called before the append: declares the job that a batch names, and may add facts. */
  readonly prepare: (batch: IngestBatch) => Promise<IngestBatch>;
  /** Called in order, after the append is durable, once per batch. Must not throw. */
  readonly stored: (batch: IngestBatch) => void;
}

/** How far a sender's clock may run ahead, seconds. */
const AHEAD = 300;
/** 2000-01-01: nothing that Headroom reads was recorded before. */
const OLDEST = 946_684_800;

/** Builds the ingest function that agents, raw streams, the demo and page imports share. */
export function ingestInto(options: IngestOptions): Ingest {
  return async (input, origin) => {
    const { batch, rejected } = checkBatch(input, windowOf(options, origin));
    const settled = await options.prepare(withNodes(batch));
    if (settled.blocks.length === 0 && (settled.facts ?? []).length === 0 && (settled.events ?? []).length === 0) {
      return { durable: 0, duplicate: false, rejected };
    }
    const { durable, duplicate } = await options.series.append(settled);
    if (!duplicate) options.stored(settled);
    return { durable, duplicate, rejected };
  };
}

function windowOf({ now, rawDays }: IngestOptions, origin: Origin): Window {
  const time = now();
  const recorded = origin.kind === 'page' || origin.kind === 'demo';
  return {
    oldest: recorded ? OLDEST : time - rawDays * 86_400,
    newest: time + AHEAD,
    why: {
      old: recorded ? 'before the year 2000' : `older than the ${rawDays} days that raw readings are kept (HEADROOM_RAW_DAYS)`,
      future: `more than ${AHEAD / 60} minutes ahead of this server's clock: set the sender's clock (NTP)`,
    },
  };
}

function withNodes(batch: IngestBatch): IngestBatch {
  const { node } = batch;
  return {
    ...batch,
    blocks: batch.blocks.map((block) => ({ ...block, entity: onNode(block.entity, node) })),
    facts: (batch.facts ?? []).map((fact) => ({ ...fact, entity: onNode(fact.entity, node) })),
    events: (batch.events ?? []).map((event) => (event.entity === null ? event : { ...event, entity: onNode(event.entity, node) })),
  };
}

/** The same entity with the node that its batch names, where it names none of its own. A host is its own node. */
function onNode<T extends WireEntity>(entity: T, node: string | undefined): WireEntity {
  if (entity.kind === 'host') return entity.node === entity.id ? entity : { kind: 'host', id: entity.id, node: entity.id };
  if (entity.node !== undefined || node === undefined) return entity;
  return { kind: entity.kind, id: entity.id, node };
}
