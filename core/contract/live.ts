import { Type, type Static } from 'typebox';
import { count, instant } from './numbers.ts';
import { LONGEST } from '../readings/index.ts';
import { id } from './names.ts';
import { BlockSchema } from './ingest.ts';
import { JobRowSchema } from './jobs.ts';
import { FindingSchema, nullable, PhaseSchema, VerdictSchema } from './verdict.ts';

/** What the page shows beside everything: demo or not, the server's clock, how the store is doing. */
export const ServerStatusSchema = Type.Object({
  demo: Type.Boolean(),
  now: Type.Number(),
  version: Type.String(),
  /** Trouble worth a line on every page (disk full, store restarting); null when well. */
  trouble: nullable(Type.String()),
});

/** New readings of a watched job or node: blocks as they came in (counters as counters). */
export const LiveReadingsSchema = Type.Object({ room: Type.String(), blocks: Type.Array(BlockSchema) });

/** Rows of the overview or the job list that changed, bundled; `at` (seconds UTC) is later than any answer that they are news to. */
export const LiveRowsSchema = Type.Object({ at: Type.Number(), rows: Type.Array(JobRowSchema) });

/** A watched job's verdict now, and the phases from `fromPhase` on (earlier ones have not changed). */
export const LiveVerdictSchema = Type.Object({
  cluster: Type.String(),
  id: Type.String(),
  at: Type.Number(),
  verdict: VerdictSchema,
  fromPhase: count(),
  phases: Type.Array(PhaseSchema),
  findings: Type.Array(FindingSchema),
});

const Id = id(LONGEST.name, 1);

/** What a page wants to hear of. */
export const WatchTargetSchema = Type.Union([
  Type.Object({ kind: Type.Literal('job'), cluster: Id, id: Id }),
  Type.Object({ kind: Type.Literal('node'), node: Id }),
  /** `since`: seconds UTC of the answer (`now`) that the page holds already; rows that changed after it come at once, to this page only. */
  Type.Object({ kind: Type.Literal('overview'), since: Type.Optional(instant()) }),
]);

/** The answer to a watch: the room that the server chose, or why not. */
export const WatchReplySchema = Type.Union([
  Type.Object({ ok: Type.Literal(true), room: Type.String() }),
  Type.Object({ ok: Type.Literal(false), reason: Type.String() }),
]);

export type ServerStatus = Readonly<Static<typeof ServerStatusSchema>>;
export type LiveReadings = Readonly<Static<typeof LiveReadingsSchema>>;
export type LiveRows = Readonly<Static<typeof LiveRowsSchema>>;
export type LiveVerdict = Readonly<Static<typeof LiveVerdictSchema>>;
export type WatchTarget = Readonly<Static<typeof WatchTargetSchema>>;
export type WatchReply = Readonly<Static<typeof WatchReplySchema>>;

/** socket.io event maps: the only declaration, for server and page. */
export interface ServerToClient {
  status: (status: ServerStatus) => void;
  readings: (readings: LiveReadings) => void;
  verdict: (verdict: LiveVerdict) => void;
  rows: (rows: LiveRows) => void;
}

export interface ClientToServer {
  watch: (target: WatchTarget, reply: (reply: WatchReply) => void) => void;
  unwatch: (target: WatchTarget) => void;
}
