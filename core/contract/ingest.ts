import { ErrorReplySchema } from './error.ts';
import { Type, type Static } from 'typebox';
import { count, instant } from './numbers.ts';
import { id, name, words } from './names.ts';
import { ENTITY_KINDS, EVENT_KINDS, FACT_NAMES, LONGEST, METRIC_IDS, MOST } from '../readings/index.ts';
import { nullable, oneOf } from './verdict.ts';

export const EntitySchema = Type.Object(
  {
    kind: oneOf(ENTITY_KINDS),
    id: id(LONGEST.name, 1),
    node: Type.Optional(id()),
  },
  { additionalProperties: false },
);

/**
 * Readings as columns, as they travel and as they are stored: one block per entity, `t` in seconds UTC,
 * each column as long as `t`, null where absent.
 */
export const BlockSchema = Type.Object(
  {
    entity: EntitySchema,
    t: Type.Array(Type.Number(), { maxItems: MOST.rows }),
    columns: Type.Partial(Type.Object(Object.fromEntries(METRIC_IDS.map((id) => [id, Type.Array(nullable(Type.Number()))]))), { additionalProperties: false }),
  },
  { additionalProperties: false },
);

export const WireFactSchema = Type.Object(
  {
    entity: EntitySchema,
    name: oneOf(FACT_NAMES),
    value: words(LONGEST.fact),
  },
  { additionalProperties: false },
);

export const WireEventSchema = Type.Object(
  {
    at: nullable(instant()),
    entity: nullable(EntitySchema),
    kind: oneOf(EVENT_KINDS),
    text: words(LONGEST.event),
  },
  { additionalProperties: false },
);

/** `POST /api/ingest`. (source, seq) is stored once: a sender may repeat a batch whose reply was lost. */
export const IngestBatchSchema = Type.Object(
  {
    source: name(LONGEST.name, 1),
    seq: count(),
    node: Type.Optional(id()),
    job: Type.Optional(id()),
    blocks: Type.Array(BlockSchema, { maxItems: MOST.parts }),
    facts: Type.Optional(Type.Array(WireFactSchema, { maxItems: MOST.parts })),
    events: Type.Optional(Type.Array(WireEventSchema, { maxItems: MOST.parts })),
  },
  { additionalProperties: false },
);

/** The reply: values on disk, and what was refused, each with its place. The rest of the batch is kept. */
export const IngestReplySchema = Type.Object({
  durable: count(),
  duplicate: Type.Boolean(),
  rejected: Type.Array(Type.Object({ at: Type.String(), reason: Type.String() })),
});

/** A line of the reply to `PUT /api/ingest/raw` (newline-delimited JSON). `durable` counts the stream's values on disk so far. */
export const StreamLineSchema = Type.Union([
  Type.Object({ durable: count(), bytes: Type.Optional(count()), rejected: Type.Optional(count()), end: Type.Optional(Type.String()) }),
  Type.Object({
    rejected: Type.Object({
      line: Type.Optional(count()),
      at: Type.Optional(Type.String()),
      reason: Type.String(),
      text: Type.Optional(Type.String()),
    }),
  }),
  Type.Object({ note: Type.String() }),
  ErrorReplySchema,
]);

export type StreamLine = Static<typeof StreamLineSchema>;
export type IngestBatch = Static<typeof IngestBatchSchema>;
export type IngestReply = Static<typeof IngestReplySchema>;
