import type { EntityKind, EntityRef, Fact, Intake, MetricId, SourceEvent, Table } from '../../../core/readings/index.ts';
import type { Analysis, DrawnSeries, Finding, Job, JobDeclaration, JobsQuery, RibbonPart } from '../../../core/contract/index.ts';

export interface JobKey {
  readonly cluster: string;
  readonly id: string;
}

/** Which jobs a list may hold: this one, or (null) every one. The store does not know why. */
export type Among = JobKey | null;

export interface SeriesStats {
  readonly bytes: number;
  readonly values: number;
  readonly chunks: number;
  readonly walRows: number;
  /** Entities with readings that are in no chunk yet, and when the oldest of these came (seconds UTC). */
  readonly open: number;
  readonly openSince: number | null;
  /** Entities whose readings cannot be sealed; the reasons of some. */
  readonly heldBackCount: number;
  readonly heldBack: readonly string[];
}

/** Readings by entity, kept as they came (counters as counters), joined to jobs by time alone. */
export interface SeriesStore {
  /** Resolves after the data are on disk. `duplicate` when (source, seq) was there already. Throws StoreBusy when its bounded queue is full. */
  append(intake: Intake): Promise<{ durable: number; duplicate: boolean }>;
  /** Bucketed min/mean/max of at most `points` per series; counters as rates. `from` ≤ t < `to`, seconds UTC. */
  range(query: { entities: readonly EntityRef[]; metrics: readonly MetricId[]; from: number; to: number; points: number }): Promise<DrawnSeries[]>;
  /** Whole tables for analysis, counters as they came; at most `maxRows` rows per entity (pairs averaged beyond that). */
  tables(query: { entities: readonly EntityRef[]; from: number; to: number; maxRows?: number }): Promise<Table[]>;
  /** Entities that have readings in a time, with the metrics that they have; all of a node, or those named. */
  entities(query: {
    nodes?: readonly string[];
    ids?: readonly string[];
    from: number;
    to: number;
  }): Promise<{ entity: EntityRef; metrics: MetricId[]; first: number; last: number }[]>;
  /** Seals full write-ahead rows into chunks, rolls up, expires. Called by the schedule. */
  maintain(now: number): Promise<{ sealed: number; expired: number }>;
  /** All entities that are not forgotten. */
  known(): Promise<KnownIds>;
  /** Where the entities whose names do not say it were heard last, and when (seconds UTC); those of no node are left out. */
  places(): Promise<{ entity: EntityRef; last: number }[]>;
  /** Bytes on disk, values held, and what waits to be sealed, for /api/health and the benchmark. */
  stats(): Promise<SeriesStats>;
}

/** The ids of entities by kind. */
export type KnownIds = Readonly<Record<EntityKind, readonly string[]>>;

/** What a list row needs of a job's latest analysis, kept beside the job so that lists are one indexed query. */
export interface JobSummary {
  readonly bottleneck: Analysis['verdict']['bottleneck'];
  readonly activity: Analysis['verdict']['activity'];
  readonly grade: number | null;
  readonly headroom: number | null;
  readonly sparkline: readonly (number | null)[];
  readonly ribbon: readonly RibbonPart[];
  readonly findings: readonly string[];
  readonly lastReadingAt: number | null;
}

export interface JobRecord {
  readonly job: Job;
  readonly summary: JobSummary | null;
}

export interface JobStore {
  /** Creates or extends the job; fields left out keep their value. */
  declare(key: JobKey, declaration: JobDeclaration): Promise<Job>;
  get(key: JobKey): Promise<JobRecord | null>;
  list(query: JobsQuery, among?: Among): Promise<{ rows: JobRecord[]; cursor: string | null; total: number | null }>;
  /** Running jobs, and those that ended at or after `since`. */
  active(since: number, among?: Among): Promise<JobRecord[]>;
  /** Jobs that had one of these nodes at some time from ≤ t < to (seconds UTC). */
  beside(query: { nodes: readonly string[]; from: number; to: number }): Promise<Job[]>;
  saveAnalysis(key: JobKey, analysis: Analysis, summary: JobSummary): Promise<void>;
  analysis(key: JobKey): Promise<Analysis | null>;
  findings(since: number, among?: Among): Promise<{ key: JobKey; finding: Finding }[]>;
}

/** A fact, and when it was said: seconds UTC. Said again it counts as new after minutes (engines, processes) or a day. */
export type SaidFact = Fact & { readonly at: number };

/** Facts and events of entities: the latest value of each fact, and a bounded history of events. */
export interface FactStore {
  facts(query: { ids?: readonly string[]; nodes?: readonly string[] }): Promise<SaidFact[]>;
  events(query: { ids?: readonly string[]; nodes?: readonly string[]; from: number; to: number }): Promise<SourceEvent[]>;
  /** All entities of which something is said. */
  known(): Promise<KnownIds>;
  /** All nodes ever heard of, with their GPUs and when each was last heard. */
  nodes(): Promise<{ node: string; gpus: { uuid: string; name: string | null }[]; lastReadingAt: number | null }[]>;
}

/**
 * What a token is for: `page` becomes a session once; `node` writes of one node (null until its first use binds it), `job` writes of
 * one job and sees it; `read` sees everything; `admin` may do everything.
 */
export type TokenScope =
  | { readonly kind: 'page' }
  | { readonly kind: 'node'; readonly node: string | null }
  | { readonly kind: 'job'; readonly cluster: string; readonly id: string }
  | { readonly kind: 'read' }
  | { readonly kind: 'admin' };

/** A token that is good now. `id` is no secret. */
export interface HeldToken {
  readonly id: string;
  readonly scope: TokenScope;
  readonly name: string;
  readonly expires: number | null;
}

/** Access tokens, stored as SHA-256; the plain token is seen once. */
export interface TokenStore {
  issue(token: { scope: TokenScope; name: string; expires: number | null }): Promise<string>;
  /** Null for an unknown, revoked, used (scope page) or expired one. */
  check(token: string, now: number): HeldToken | null;
  /** Takes a one-time page token: gives it the first time only. */
  redeem(token: string, now: number): Promise<HeldToken | null>;
  /** Binds a token of scope node to the first node that asks, at once; gives the node that it is bound to, and when that is on disk. */
  bind(id: string, node: string): { readonly node: string; readonly kept: Promise<void> };
  /** Ends every token of a name, and every session that came from one. Gives how many tokens. */
  revoke(name: string): Promise<number>;
  /** How many are good at `now`, seconds UTC; what is not is forgotten. */
  count(now: number): number;
}

/** A browser that is signed in. `id` is no secret. */
interface HeldSession {
  readonly id: string;
  /** Whose it is. */
  readonly principal: string;
  /** Seconds UTC. */
  readonly created: number;
  readonly used: number;
  readonly expires: number;
}

/** Signed-in browsers, a row each; both secrets are stored as SHA-256 and seen once. */
export interface SessionStore {
  open(session: { principal: string; from: Pick<HeldToken, 'id' | 'name'>; expires: number }): Promise<{ id: string; cookie: string; secret: string }>;
  /** The session of a cookie, where the page's own secret is the one that goes with it; null else. */
  check(cookie: string, secret: string, now: number): HeldSession | null;
  /** Ends it at once. */
  end(id: string): Promise<void>;
}

export interface Store {
  readonly series: SeriesStore;
  readonly jobs: JobStore;
  readonly facts: FactStore;
  readonly tokens: TokenStore;
  readonly sessions: SessionStore;
  /** True while a token or session of this id is good; `now` in seconds UTC. */
  stands(id: string, now: number): boolean;
  /** Called with the id of a token or session that was ended before its time, at once; gives the undo. */
  onEnd(listener: (id: string) => void): () => void;
  /** A key of the service kept for ever ("demo" or "real" data in this folder, …). */
  setting(name: string): Promise<string | null>;
  setSetting(name: string, value: string): Promise<void>;
  /** Gives back memory that a start has needed and nothing else does. */
  sweep(): Promise<void>;
  /** Trouble in words, or null: what /api/health says. */
  trouble(): string | null;
  close(): Promise<void>;
}

export interface StoreOptions {
  /** The data folder; created when missing; refused on a network file system with the remedy. */
  readonly folder: string;
  readonly rawDays: number;
  readonly rollupDays: number;
  /** Seconds UTC, for the age of what waits and of what was said; the system's clock where left out. */
  readonly now?: () => number;
  readonly log: { info(text: string): void; warn(text: string): void; error(text: string): void };
}

// `openStore(options: StoreOptions): Promise<Store>` is exported by server/store/index.ts.
