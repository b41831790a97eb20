import { BATCH_BOUNDS } from '../settings/index.ts';
import { errorCodes } from 'fastify';
import type { IngestReply } from '../../core/contract/index.ts';
import type { EntityRef, Intake } from '../../core/readings/index.ts';
import { textOf, tooDeep } from '../http/index.ts';
import type { Sender } from '../auth/index.ts';
import type { Door, Senders } from '../ownership/index.ts';
import type { Store } from '../store/index.ts';
import { type Checked, checkBatch, checkIntake, checkRead } from './check-batch.ts';
import type { AllowedTimes } from './check-table.ts';
import type { Quota } from './quota.ts';
import { readBatch } from './read-batch.ts';

/** Where a batch came from. Recordings (a page's import, the demo's past) may be of any age; what is measured now may not. */
export interface Origin {
  readonly kind: 'agent' | 'raw' | 'page' | 'demo';
  readonly sender: Sender;
  /** Whose sources these are: two callers that name theirs alike are two senders all the same. Empty in this process. */
  readonly mark: string;
}

/** The one way in, with a door for bodies and one for senders in this process. Resolves after the readings are on disk. Throws StoreBusy (nothing stored: send again). */
export interface Ingest {
  /** A batch as the bytes of a body, or as what they say. Throws Problem where it is none, Fastify's error where it is no JSON. */
  batch(body: unknown, origin: Origin): Promise<IngestReply>;
  /** Tables as a stream's reader, the demo or this machine's agent made them. */
  intake(intake: Intake, origin: Origin): Promise<IngestReply>;
  /** Counts bytes of a stream before they are read. Throws a Problem (429) where the minute is full. */
  receive(bytes: number, origin: Pick<Origin, 'mark'>): void;
}

export interface IngestOptions {
  readonly series: Pick<Store['series'], 'append'>;
  readonly rawDays: number;
  readonly now: () => number;
  /** What is too much, of one sender or of all. */
  readonly quota: Pick<Quota, 'admit' | 'receive'>;
  readonly senders: Pick<Senders, 'door'>;
  /** Called before the append: declares the job that a batch names, and may add facts. Throws a Problem where the job is not the sender's to name. */
  readonly prepare: (intake: Intake, sender: Sender) => Promise<Intake>;
  /** Called in order, after the append is durable, once per batch. Must not throw. */
  readonly stored: (intake: Intake) => void;
}

/** Refusals that are told one by one. */
const TOLD = BATCH_BOUNDS.told.value;
/** How far a sender's clock may run ahead, seconds. */
const AHEAD = BATCH_BOUNDS.ahead.value;
/** 2000-01-01: nothing that Headroom reads was recorded before. */
const OLDEST = 946_684_800;

/** Builds the ingest function that agents, raw streams, the demo and page imports share. */
export function ingestInto(options: IngestOptions): Ingest {
  const take = async (check: (door: Door) => Checked, { kind, sender, mark }: Origin): Promise<IngestReply> => {
    const door = options.senders.door(sender);
    const checked = check(door);
    const rejected = [...checked.rejected];
    const reject = (at: string, reason: string): void => void (rejected.length < TOLD && rejected.push({ at, reason }));
    // The demo brings what it brings.
    const intake = kind === 'demo' ? checked.intake : options.quota.admit(checked.intake, mark, reject);
    await door.kept();
    const source = mark === '' ? intake.source : `${mark}/${intake.source}`;
    const settled = await options.prepare(withNodes({ ...intake, source }), sender);
    if (settled.tables.length + settled.facts.length + settled.events.length === 0) return { durable: 0, duplicate: false, rejected };
    const { durable, duplicate } = await options.series.append(settled);
    if (!duplicate) options.stored(settled);
    return { durable, duplicate, rejected };
  };
  return {
    batch: async (body, origin) => {
      if (Buffer.isBuffer(body)) options.quota.receive(body.length, origin.mark);
      const allowed = allowedTimes(options, origin);
      if (!Buffer.isBuffer(body)) return take((door) => checkBatch(body, allowed, door), origin);
      const read = readBatch(body, allowed);
      return take((door) => (read === null ? checkBatch(decoded(body), allowed, door) : checkRead(read, allowed, door)), origin);
    },
    receive: (bytes, { mark }) => options.quota.receive(bytes, mark),
    intake: async (intake, origin) => take((door) => checkIntake(intake, allowedTimes(options, origin), door), origin),
  };
}

function decoded(bytes: Buffer): unknown {
  if (bytes.length === 0) throw new errorCodes.FST_ERR_CTP_EMPTY_JSON_BODY();
  const text = textOf(bytes);
  const deep = tooDeep(text);
  if (deep !== null) throw deep;
  try {
    return JSON.parse(text);
  } catch {
    throw new errorCodes.FST_ERR_CTP_INVALID_JSON_BODY();
  }
}

function allowedTimes({ now, rawDays }: IngestOptions, origin: Origin): AllowedTimes {
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

function withNodes(intake: Intake): Intake {
  const { node } = intake;
  const placed = <T extends { readonly entity: EntityRef }>(one: T): T => {
    const entity = onNode(one.entity, node);
    return entity === one.entity ? one : { ...one, entity };
  };
  return {
    ...intake,
    tables: intake.tables.map(placed),
    facts: intake.facts.map(placed),
    events: intake.events.map((event) => (event.entity === null ? event : { ...event, entity: onNode(event.entity, node) })),
  };
}

/** The same entity with the node that its batch names, where it names none of its own. A host is its own node. */
function onNode(entity: EntityRef, node: string | undefined): EntityRef {
  if (entity.kind === 'host') return entity.node === entity.id ? entity : { kind: 'host', id: entity.id, node: entity.id };
  if (entity.node !== undefined || node === undefined) return entity;
  return { kind: entity.kind, id: entity.id, node };
}
