import { join } from 'node:path';
import Database from 'libsql';
import type { IngestBatch } from '../../core/contract/index.ts';
import { openStore } from '../../server/store/index.ts';

/** Rows of a batch. */
const ROWS = 10;

/** A sender of batches whose every value follows from its number: what is stored can be told from what is not. */
export interface Lane {
  readonly name: string;
  /** The entities that its batches go round. */
  readonly entities: number;
  /** Of row 0, seconds UTC, and from row to row. */
  readonly start: number;
  readonly step: number;
  /** One value for all, where roll-ups have to show it when the readings themselves are past their time. */
  readonly flat: boolean;
}

/** What the server answered for, and what it may have stored all the same. */
export interface Ledger {
  /** Batches that were acknowledged. */
  readonly acknowledged: Map<Lane, Set<number>>;
  /** Sent, and no answer came. */
  readonly open: Map<Lane, Set<number>>;
}

/** How what is stored compares with it: values, of those acknowledged. */
export interface Compared {
  readonly acknowledged: number;
  readonly lost: number;
  readonly doubled: number;
  /** Values that differ from those sent, or that nobody sent. */
  readonly wrong: number;
  /** Some of what is amiss, in words. */
  readonly told: readonly string[];
}

export function emptyLedger(): Ledger {
  return { acknowledged: new Map(), open: new Map() };
}

/** Notes a batch under one of the two. */
export function note(book: Map<Lane, Set<number>>, lane: Lane, seq: number): void {
  const seqs = book.get(lane) ?? new Set();
  seqs.add(seq);
  book.set(lane, seqs);
}

/** Batch `seq` of a lane, of node `torture`. Neighbours in number are none in time, so that chunks overlap. */
export function batchOf(lane: Lane, seq: number): IngestBatch {
  const rows = rowsOf(lane, seq);
  return {
    source: `torture/${lane.name}`,
    seq,
    node: 'torture',
    blocks: [
      {
        entity: { kind: 'gpu', id: entityOf(lane, seq) },
        t: rows.map(({ t }) => t),
        columns: { 'gpu.power': rows.map(({ power }) => power), 'gpu.util': rows.map(({ util }) => util) },
      },
    ],
  };
}

/** Values of a batch: absent ones are none. */
export function valuesOf(lane: Lane, seq: number): number {
  return rowsOf(lane, seq).reduce((sum, { util }) => sum + (util === null ? 1 : 2), 0);
}

/** Values of all acknowledged batches. */
export function acknowledgedValues({ acknowledged }: Ledger): number {
  return [...acknowledged].reduce((sum, [lane, seqs]) => sum + [...seqs].reduce((all, seq) => all + valuesOf(lane, seq), 0), 0);
}

interface Row {
  readonly t: number;
  readonly power: number;
  readonly util: number | null;
}

function rowsOf({ start, step, flat }: Lane, seq: number): Row[] {
  return Array.from({ length: ROWS }, (_, row) => {
    const index = (seq ^ 5) * ROWS + row;
    return { t: start + index * step, power: flat ? 250 : ((index * 7919) % 5000) / 10, util: index % 7 === 0 ? null : (index % 101) / 100 };
  });
}

function entityOf({ name, entities }: Lane, seq: number): string {
  return `GPU-${name}-${seq % entities}`;
}

/**
 * Compares every acknowledged value with what the store gives of a folder whose server is gone. Opens the store as the server does, seals
 * what is open, and counts in the closed file what it holds of each entity: a reading stored twice shows in that number alone.
 */
export async function compare(folder: string, ledger: Ledger): Promise<Compared> {
  const told: string[] = [];
  const say = (text: string): void => void (told.length < 10 && told.push(text));
  const noted = { info: () => undefined, warn: () => undefined, error: (text: string) => say(`the store: ${text}`) };
  const store = await openStore({ folder, rawDays: 30, rollupDays: 400, log: noted });
  const sum = { acknowledged: 0, lost: 0, doubled: 0, wrong: 0 };
  const distinct = new Map<string, number>();
  try {
    for (const lane of new Set([...ledger.acknowledged.keys(), ...ledger.open.keys()])) {
      for (let no = 0; no < lane.entities; no += 1) {
        const of = (book: Ledger['open']) => [...(book.get(lane) ?? [])].filter((seq) => seq % lane.entities === no);
        const id = entityOf(lane, no);
        const [table] = await store.series.tables({ entities: [{ kind: 'gpu', id, node: 'torture' }], from: 0, to: 1e12 });
        const times = table?.t ?? new Float64Array();
        const column = (metric: 'gpu.power' | 'gpu.util'): readonly (number | null)[] =>
          Array.from(table?.columns.get(metric) ?? times.map(() => Number.NaN), (value) => (Number.isNaN(value) ? null : value));
        const [powers, utils] = [column('gpu.power'), column('gpu.util')];
        const there = new Map(Array.from(times, (t, at) => [t, { power: powers[at] ?? null, util: utils[at] ?? null }]));
        const rolled = lane.flat ? minutesOf(times, powers) : null;
        const sent = new Set<number>();
        for (const seq of of(ledger.acknowledged)) {
          for (const row of rowsOf(lane, seq)) {
            sent.add(row.t);
            const values = row.util === null ? 1 : 2;
            sum.acknowledged += values;
            const found = there.get(row.t);
            if (rolled?.has(Math.floor(row.t / 60)) === true && found?.util !== row.util) continue; // past its time: its minute stands for it
            if (found === undefined) {
              sum.lost += values;
              say(`${id} has nothing at ${row.t}`);
            } else if (found.power !== row.power || found.util !== row.util) {
              sum.wrong += values;
              say(`${id} at ${row.t}: ${found.power}, ${found.util} in place of ${row.power}, ${row.util}`);
            }
          }
        }
        for (const seq of of(ledger.open)) for (const { t } of rowsOf(lane, seq)) sent.add(t);
        if (lane.flat) continue;
        distinct.set(
          id,
          [...there.values()].reduce((all, { power, util }) => all + (power === null ? 0 : 1) + (util === null ? 0 : 1), 0),
        );
        const unknown = [...there.keys()].filter((t) => !sent.has(t));
        sum.wrong += unknown.length;
        if (unknown[0] !== undefined) say(`${id} has a reading at ${unknown[0]} that nobody sent`);
      }
    }
    await store.series.maintain(Date.now() / 1000 + 7200);
  } finally {
    await store.close();
  }
  for (const [id, held] of heldOf(join(folder, 'series.db'))) {
    const more = held - (distinct.get(id) ?? held);
    if (more === 0) continue;
    sum.doubled += more;
    say(`${id} holds ${held} values, of which ${more} are there twice`);
  }
  return { ...sum, told };
}

/** Minutes that show the flat value: as readings or as their roll-up. */
function minutesOf(times: Float64Array, powers: readonly (number | null)[]): ReadonlySet<number> {
  return new Set(Array.from(times, (t, at) => (powers[at] === 250 ? Math.floor(t / 60) : -1)));
}

/** Values in the sealed chunks of each entity of a closed series file. */
function heldOf(file: string): Map<string, number> {
  const db = new Database(file, { readonly: true });
  try {
    const rows = db
      .prepare(
        'SELECT "Entity".name AS name, SUM("Chunk"."values") AS held FROM "Chunk" JOIN "Entity" ON "Entity".id = "Chunk".entity WHERE level = 0 GROUP BY 1',
      )
      .all() as { name: string; held: number }[]; // the columns just named
    return new Map(rows.map(({ name, held }) => [name, held]));
  } finally {
    db.close();
  }
}
