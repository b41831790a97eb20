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
  { readonly kind: 'job'; readonly cluster: string; readonly id: string } | { readonly kind: 'node'; readonly node: string } | { readonly kind: 'overview' };

/** The answer to a watch: the room that the server chose, or why not. */
export type WatchReply = { readonly ok: true; readonly room: string } | { readonly ok: false; readonly reason: string };

/** socket.io event maps: the only declaration, for server and page. */
export interface ServerToClient {
  status: (status: ServerStatus) => void;
  readings: (readings: LiveReadings) => void;
  verdict: (verdict: LiveVerdict) => void;
  /** A row of the overview or the job list changed. */
  row: (row: JobRow) => void;
}

export interface ClientToServer {
  watch: (target: WatchTarget, reply: (reply: WatchReply) => void) => void;
  unwatch: (target: WatchTarget) => void;
}
