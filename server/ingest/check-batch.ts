import { BATCH_BOUNDS } from '../settings/index.ts';
import { Type, type Static } from 'typebox';
import { Compile } from 'typebox/compile';
import { EntitySchema, IngestBatchSchema, WireEventSchema, WireFactSchema, type IngestReply } from '../../core/contract/index.ts';
import { entityOf, type EntityRef, faultOfEntity, faultOfText, type Intake, inWords, MOST, type Table } from '../../core/readings/index.ts';
import { Problem } from '../http/index.ts';
import type { Door, Head } from '../ownership/index.ts';
import { type AllowedTimes, checkTable, type Reject } from './check-table.ts';
import type { ReadBatch } from './read-batch.ts';

/** How many refusals are told one by one; a sender with more has one mistake, repeated. */
const TOLD = BATCH_BOUNDS.told.value;

const loose = Type.Array(Type.Unknown(), { maxItems: MOST.parts });
const { source, seq, node, job } = IngestBatchSchema.properties;
const Envelope = Compile(
  Type.Object({ source, seq, node, job, blocks: loose, facts: Type.Optional(loose), events: Type.Optional(loose) }, { additionalProperties: false }),
);
const LooseBlock = Compile(
  Type.Object(
    {
      entity: EntitySchema,
      t: Type.Array(Type.Unknown(), { maxItems: MOST.rows }),
      // Whatever its columns are called: checkTable names those that are none.
      columns: Type.Object({}),
    },
    { additionalProperties: false },
  ),
);
const Fact = Compile(WireFactSchema);
const Event = Compile(WireEventSchema);

export interface Checked {
  readonly intake: Intake;
  readonly rejected: IngestReply['rejected'];
}

/**
 * Reads a batch as a body held it, piece by piece, so that one bad block, fact or value costs itself only; each refusal has its place.
 * Throws a Problem (400) when the envelope itself cannot be read.
 */
export function checkBatch(input: unknown, allowed: AllowedTimes, door: Pick<Door, 'enter' | 'foreign'>): Checked {
  if (!Envelope.Check(input)) {
    const { at, reason } = firstError(Envelope, input, 'body');
    throw new Problem(400, { error: `this is not a batch: ${reason}`, where: at, remedy: 'send {"source", "seq", "blocks": […]} as /api/docs describes' });
  }
  const head = door.enter(headOf(input), 'body');
  const own = ownIn(head, door);
  const { reject, rejected } = refusals();
  const tables: Table[] = [];
  input.blocks.forEach((candidate, index) => {
    const place = `blocks/${index}`;
    if (!LooseBlock.Check(candidate)) {
      const { at, reason } = firstError(LooseBlock, candidate, place);
      reject(at, reason);
      return;
    }
    const sent = { entity: entityOf(candidate.entity), t: candidate.t, columns: Object.entries(candidate.columns) };
    const foreign = own(sent.entity, sent.t);
    if (foreign !== null) {
      reject(`${place}/entity`, foreign);
      return;
    }
    const table = checkTable(sent, { place, allowed, reject });
    if (table !== null) tables.push(table);
  });
  const { source, seq } = input;
  return { intake: { source, seq, ...head, tables, ...said(input, { allowed, own }, reject) }, rejected: rejected() };
}

/** The same of a batch that was read from its bytes, whose blocks have been looked at. */
export function checkRead(batch: ReadBatch, allowed: AllowedTimes, door: Pick<Door, 'enter' | 'foreign'>): Checked {
  const head = door.enter(headOf(batch), 'body');
  const own = ownIn(head, door);
  const { reject, rejected } = refusals();
  const tables = ownTables(batch.tables, own, reject);
  if (batch.facts.length + batch.events.length === 0) return { intake: { ...batch, ...head, tables, facts: [], events: [] }, rejected: rejected() };
  return { intake: { ...batch, ...head, tables, ...said(batch, { allowed, own }, reject) }, rejected: rejected() };
}

/** The same of what a sender in this process hands over typed: its shape is known, its values and times are looked at. */
export function checkIntake(intake: Intake, allowed: AllowedTimes, door: Pick<Door, 'enter' | 'foreign'>): Checked {
  const head = door.enter(headOf(intake), 'body');
  const own = ownIn(head, door);
  const { reject, rejected } = refusals();
  const tables = intake.tables.flatMap((sent, index) => {
    const place = `blocks/${index}`;
    const foreign = own(sent.entity, sent.t);
    const found = misnamed(sent.entity) ?? (foreign === null ? null : { field: 'entity', reason: foreign });
    if (found !== null) reject(`${place}/${found.field}`, found.reason);
    return found === null ? (checkTable(sent, { place, allowed, reject }) ?? []) : [];
  });
  const kept = <T>(name: string, all: readonly T[], fault: (one: T) => Fault | null): T[] =>
    all.filter((one, index) => {
      const found = fault(one);
      if (found !== null) reject(`${name}/${index}/${found.field}`, found.reason);
      return found === null;
    });
  const facts = kept('facts', intake.facts, (fact) => misnamed(fact.entity) ?? strange(fact, own) ?? unreadable('value', fact.value));
  const events = kept('events', intake.events, (event) => {
    const named = event.entity === null ? null : misnamed(event.entity);
    return untimely(event.at, allowed) ?? named ?? strange(event, own) ?? unreadable('text', event.text);
  });
  return { intake: { ...intake, ...head, tables, facts, events }, rejected: rejected() };
}

/** What a batch says beside numbers, as far as it can be used. */
function said(
  sent: { readonly facts?: readonly unknown[]; readonly events?: readonly unknown[] },
  { allowed, own }: { readonly allowed: AllowedTimes; readonly own: Own },
  reject: Reject,
): Pick<Intake, 'facts' | 'events'> {
  const facts = wellFormed({ name: 'facts', sent: sent.facts, validator: Fact, fault: (fact) => strange(fact, own) }, reject);
  const events = wellFormed(
    { name: 'events', sent: sent.events, validator: Event, fault: (event) => strange(event, own) ?? untimely(event.at, allowed) },
    reject,
  );
  return {
    facts: facts.map((fact) => ({ ...fact, entity: entityOf(fact.entity) })),
    events: events.map((event) => ({ ...event, entity: event.entity === null ? null : entityOf(event.entity) })),
  };
}

/** Why what is said of an entity is not this sender's to say; null where it is. */
type Own = (entity: EntityRef, t?: ArrayLike<unknown>) => string | null;

/** Asked with the node that an entity gets from its batch. */
function ownIn({ node }: Head, door: Pick<Door, 'foreign'>): Own {
  return (entity, t) => door.foreign(entity.node === undefined && node !== undefined && entity.kind !== 'host' ? { ...entity, node } : entity, t);
}

function ownTables(tables: readonly Table[], own: Own, reject: Reject): readonly Table[] {
  return tables.filter(({ entity, t }, index) => {
    const foreign = own(entity, t);
    if (foreign !== null) reject(`blocks/${index}/entity`, foreign);
    return foreign === null;
  });
}

function strange({ entity }: { readonly entity: EntityRef | Static<typeof EntitySchema> | null }, own: Own): Fault | null {
  const reason = entity === null ? null : own(entityOf(entity));
  return reason === null ? null : { field: 'entity', reason };
}

function headOf({ node, job }: { readonly node?: string | undefined; readonly job?: string | undefined }): Head {
  return { ...(node === undefined ? {} : { node }), ...(job === undefined ? {} : { job }) };
}

function refusals(): { reject: Reject; rejected: () => IngestReply['rejected'] } {
  const told: IngestReply['rejected'] = [];
  let count = 0;
  return {
    reject: (at, reason) => {
      count += 1;
      if (told.length < TOLD) told.push({ at, reason });
    },
    rejected: () => (count > told.length ? [...told, { at: 'body', reason: `and ${count - told.length} more` }] : told),
  };
}

/** A list of a batch as it was sent. */
interface Listed<T> {
  readonly name: string;
  readonly sent: readonly unknown[] | undefined;
  readonly validator: Checker<T>;
  /** What is wrong with an item of the right shape; null where nothing is. */
  readonly fault: (item: T) => Fault | null;
}

/** The items that can be used. One pass: an index means a place in what was sent, so nothing may be left out before it is counted. */
function wellFormed<T>({ name, sent, validator, fault }: Listed<T>, reject: Reject): T[] {
  return (sent ?? []).filter((candidate, index): candidate is T => {
    const place = `${name}/${index}`;
    if (!validator.Check(candidate)) {
      const { at, reason } = firstError(validator, candidate, place);
      reject(at, reason);
      return false;
    }
    const found = fault(candidate);
    if (found !== null) reject(`${place}/${found.field}`, found.reason);
    return found === null;
  });
}

interface Fault {
  readonly field: string;
  readonly reason: string;
}

function untimely(at: number | null, { oldest, newest, why }: AllowedTimes): Fault | null {
  if (at === null || (at >= oldest && at <= newest)) return null;
  return { field: 'at', reason: at < oldest ? why.old : why.future };
}

/** A tool's text may name an entity in ways that nobody could ask for. */
function misnamed(entity: EntityRef): Fault | null {
  const fault = faultOfEntity(entity);
  return fault === null ? null : { field: `entity/${fault.field}`, reason: fault.reason };
}

function unreadable(field: string, text: string): Fault | null {
  const reason = faultOfText(text);
  return reason === null ? null : { field, reason };
}

interface Checker<T> {
  Check(value: unknown): value is T;
  Errors(value: unknown): readonly { readonly instancePath: string; readonly message: string }[];
}

function firstError(validator: Pick<Checker<unknown>, 'Errors'>, value: unknown, place: string): { at: string; reason: string } {
  const first = validator.Errors(value)[0];
  return { at: `${place}${first?.instancePath ?? ''}`, reason: inWords(first?.message ?? 'not of the expected shape') };
}
