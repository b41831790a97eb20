import { LIVE_BOUNDS } from '../settings/index.ts';
import { circlesThatSee, EVERYTHING } from '../ownership/index.ts';
import type { Job, JobRow, LiveReadings, LiveRows, LiveVerdict, ServerStatus } from '../../core/contract/index.ts';
import { blockFromTable, type Table } from '../../core/readings/index.ts';

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
  /** True where somebody who may see the job watches the overview. */
  watchesRow(job: Job): boolean;
  /** For those of one circle only, where it is named: who sees everything hears it from the room itself. */
  readings(room: string, table: Table, circle?: string): void;
  verdict(verdict: LiveVerdict): void;
  row(row: JobRow): void;
  status(status: ServerStatus): void;
  /** Sends what has been collected; `now` in seconds UTC. Whoever is still busy with far too much of the last one is let go first. */
  flush(now: number): void;
}

/** Values of one room that wait for a flush at most; beyond that the oldest go: the page asks the API when it sees a gap. */
const WAITING = LIVE_BOUNDS.waiting.value;

/** Rows of one event at most: some hundred kilobytes. */
const BUNDLE = LIVE_BOUNDS.bundle.value;

/** The room of the overview's watchers. */
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

/** The part of a room that those of one circle are in; who sees everything is in the room itself. */
export function circleRoom(room: string, circle: string): string {
  return circle === EVERYTHING ? room : `${room} ${circle}`;
}

/** A hub with nobody attached: everything falls on the floor until `attach`. */
export function openHub(): Hub {
  let outlet: Outlet | null = null;
  const waiting = new Map<string, { room: string; tables: Table[]; values: number }>();
  /** The latest row of each job, by the rooms of those who may see it. */
  const rows = new Map<string, Map<string, JobRow>>();
  const watched = (room: string) => outlet?.watched(room) ?? false;
  const rowRooms = (job: Job) => circlesThatSee(job).map((circle) => circleRoom(OVERVIEW_ROOM, circle));

  return {
    watched,
    watchesRow: (job) => rowRooms(job).some(watched),
    attach: (to) => void (outlet = to),
    readings(room, table, circle = EVERYTHING) {
      const part = circleRoom(room, circle);
      if (!watched(part)) return;
      const pile = waiting.get(part) ?? { room, tables: [], values: 0 };
      waiting.set(part, pile);
      pile.tables.push(table);
      pile.values += valuesOf(table);
      while (pile.values > WAITING && pile.tables.length > 1) {
        const oldest = pile.tables.shift();
        if (oldest !== undefined) pile.values -= valuesOf(oldest);
      }
    },
    verdict: (verdict) => outlet?.verdict(jobRoom(verdict), verdict),
    row(row) {
      for (const room of rowRooms(row.job)) {
        if (!watched(room)) continue;
        const latest = rows.get(room) ?? new Map<string, JobRow>();
        rows.set(room, latest);
        latest.set(jobRoom(row.job), row);
      }
    },
    status: (status) => outlet?.status(status),
    flush(now) {
      outlet?.letSlowGo();
      for (const [room, latest] of rows) for (const bundle of bundled([...latest.values()], now)) outlet?.rows(room, bundle);
      rows.clear();
      // Tables become blocks where they leave the process, and only for those who watch.
      for (const [part, { room, tables }] of waiting) outlet?.readings(part, { room, blocks: tables.map((table) => blockFromTable(table)) });
      waiting.clear();
    },
  };
}

function valuesOf({ t, columns }: Table): number {
  return t.length * columns.size;
}
