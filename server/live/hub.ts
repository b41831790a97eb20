import type { IngestBatch, JobRow, LiveReadings, LiveRows, LiveVerdict, ServerStatus } from '../../core/contract/index.ts';

type Block = IngestBatch['blocks'][number];

/** Where events go: the sockets, once the HTTP side is up. */
export interface Outlet {
  watched(room: string): boolean;
  readings(room: string, readings: LiveReadings): void;
  verdict(room: string, verdict: LiveVerdict): void;
  rows(room: string, rows: LiveRows): void;
  status(status: ServerStatus): void;
  /** Lets those go who cannot keep up. */
  letSlowGo(): void;
}

/** Collects what is new per room and hands it on a few times a second, so that a burst is one event. */
export interface Hub {
  attach(outlet: Outlet): void;
  watched(room: string): boolean;
  readings(room: string, block: Block): void;
  verdict(verdict: LiveVerdict): void;
  row(row: JobRow): void;
  status(status: ServerStatus): void;
  /** Sends what has been collected; `now` in seconds UTC. Whoever is still busy with far too much of the last one is let go first. */
  flush(now: number): void;
}

/** Values of one room that wait for a flush at most; beyond that the oldest go: the page asks the API when it sees a gap. */
const WAITING = 50_000;

/** Rows of one event at most: some hundred kilobytes. */
const BUNDLE = 500;

export const OVERVIEW_ROOM = 'overview';

/** The room of a job's watchers. */
export function jobRoom(key: { cluster: string; id: string }): string {
  return `job:${key.cluster}/${key.id}`;
}

/** The room of a node's watchers. */
export function nodeRoom(node: string): string {
  return `node:${node}`;
}

/** Rows as events, none of them too long to be read in between. */
export function bundled(rows: readonly JobRow[], at: number): LiveRows[] {
  return Array.from({ length: Math.ceil(rows.length / BUNDLE) }, (_, index) => ({ at, rows: rows.slice(index * BUNDLE, (index + 1) * BUNDLE) }));
}

/** A hub with nobody attached: everything falls on the floor until `attach`. */
export function openHub(): Hub {
  let outlet: Outlet | null = null;
  const waiting = new Map<string, { blocks: Block[]; values: number }>();
  const rows = new Map<string, JobRow>();
  const watched = (room: string) => outlet?.watched(room) ?? false;

  return {
    watched,
    attach: (to) => void (outlet = to),
    readings(room, block) {
      if (!watched(room)) return;
      const pile = waiting.get(room) ?? { blocks: [], values: 0 };
      waiting.set(room, pile);
      pile.blocks.push(block);
      pile.values += valuesOf(block);
      while (pile.values > WAITING && pile.blocks.length > 1) {
        const oldest = pile.blocks.shift();
        if (oldest !== undefined) pile.values -= valuesOf(oldest);
      }
    },
    verdict: (verdict) => outlet?.verdict(jobRoom(verdict), verdict),
    row(row) {
      if (watched(OVERVIEW_ROOM)) rows.set(jobRoom(row.job), row);
    },
    status: (status) => outlet?.status(status),
    flush(now) {
      outlet?.letSlowGo();
      for (const bundle of bundled([...rows.values()], now)) outlet?.rows(OVERVIEW_ROOM, bundle);
      rows.clear();
      for (const [room, { blocks }] of waiting) outlet?.readings(room, { room, blocks });
      waiting.clear();
    },
  };
}

function valuesOf(block: Block): number {
  return block.t.length * Object.keys(block.columns).length;
}
