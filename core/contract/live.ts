import type { IngestBatch } from './ingest.ts';
import type { JobRow } from './jobs.ts';
import type { Finding, Phase, Verdict } from './verdict.ts';

/** What the page shows beside everything: demo or not, the server's clock, how the store is doing. */
export interface ServerStatus {
  readonly demo: boolean;
  readonly now: number;
  readonly version: string;
  /** Trouble worth a line on every page (disk full, store restarting); null when well. */
  readonly trouble: string | null;
}

/** New readings of a watched job or node: blocks as they came in (counters as counters). */
export interface LiveReadings {
  readonly room: string;
  readonly blocks: IngestBatch['blocks'];
}

/** Rows of the overview or the job list that changed, bundled; `at` (seconds UTC) is later than any answer that they are news to. */
export interface LiveRows {
  readonly at: number;
  readonly rows: readonly JobRow[];
}

/** A watched job's verdict now, and the phases from `fromPhase` on (earlier ones have not changed). */
export interface LiveVerdict {
  readonly cluster: string;
  readonly id: string;
  readonly at: number;
  readonly verdict: Verdict;
  readonly fromPhase: number;
  readonly phases: readonly Phase[];
  readonly findings: readonly Finding[];
}

export type WatchTarget =
  | { readonly kind: 'job'; readonly cluster: string; readonly id: string }
  | { readonly kind: 'node'; readonly node: string }
  /** `since`: seconds UTC of the answer (`now`) that the page holds already; rows that changed after it come at once, to this page only. */
  | { readonly kind: 'overview'; readonly since?: number };

/** The answer to a watch: the room that the server chose, or why not. */
export type WatchReply = { readonly ok: true; readonly room: string } | { readonly ok: false; readonly reason: string };

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
