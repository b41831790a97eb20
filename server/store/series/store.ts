import { STORE_BOUNDS } from '../../settings/index.ts';
import { existsSync, statSync } from 'node:fs';
import { extname } from 'node:path';
import { shownUnit } from '../../../core/readings/index.ts';
import type { DrawnSeries } from '../../../core/contract/index.ts';
import { type SeriesStore, type StoreOptions, systemClock } from '../interface/index.ts';
import { grouped, type Host, startHost } from '../worker/index.ts';
import type { Appended, Refused } from './append.ts';
import { packGroup } from './pack-group.ts';
import { packIntake, type PackedIntake } from './pack-intake.ts';
import type { RangeAnswer } from './range.ts';
import type { SeriesHandlers } from './worker.ts';

/** The series store in its file, and what only server/store asks of it. */
export interface EmbeddedSeries extends SeriesStore {
  /** When each node was last heard, seconds UTC. */
  heard(): Promise<Map<string, number>>;
  /** How the file is written: synchronous 2 is FULL. */
  durability(): Promise<{ synchronous: number; journal: string }>;
  sweep(): Promise<void>;
  trouble(): string | null;
  close(): Promise<void>;
}

/** Bounds of what waits for a commit, and of one commit: numbers, times included. */
const mostWaiting = STORE_BOUNDS.appends.value;
const mostTogether = STORE_BOUNDS.together.value;

/** Half of V8's own measure: what it has just decoded is not needed for long. */
const YOUNG = 24;

interface SeriesOptions extends Omit<StoreOptions, 'folder'> {
  readonly file: string;
  /** How long a locked file is waited for, milliseconds. */
  readonly patience?: number;
}

/** Opens the embedded series store; throws StoreError. */
export async function openSeries({
  file,
  rawDays,
  rollupDays,
  log,
  now = systemClock,
  patience = STORE_BOUNDS.patience.value * 1_000,
}: SeriesOptions): Promise<EmbeddedSeries> {
  const host = await startHost<SeriesHandlers>({
    entry: new URL(`./worker${extname(import.meta.url)}`, import.meta.url),
    data: { file, rawDays, rollupDays },
    file,
    holds: 'all readings; jobs, verdicts and tokens are in headroom.db beside it',
    name: 'series',
    young: YOUNG,
    writes: {
      append: ({ results }) => results.some((result) => 'durable' in result && !result.duplicate),
      upkeep: ({ sealed, expired }) => sealed + expired > 0,
      probe: () => true,
    },
    probe: 'probe',
    log,
    maxWaiting: STORE_BOUNDS.seriesWaiting.value,
    patience,
  });
  await reportNotes(host, log);
  const relieve = reliever({ host, log, now });

  /** One commit for everything that waits when its turn comes. */
  const append = grouped<PackedIntake, Appended | Refused>(
    async (take) => {
      const { results, pressed } = await host.call('append', () => ({ group: packGroup(take()), at: now() }));
      if (pressed) void relieve();
      return results;
    },
    { size: (batch) => batch.data.length, mostWaiting, mostTogether },
  );

  return {
    append: async (intake) => {
      const result = await append(packIntake(intake));
      if ('refused' in result) throw new RangeError(`a batch that cannot be stored: ${result.refused}`);
      return result;
    },
    range: async (query) => seriesOf(await host.call('range', () => query)),
    tables: async (query) => (await host.call('tables', () => query)).map((table) => ({ ...table, facts: new Map() })),
    entities: (query) => host.call('entities', () => query),
    maintain: async (at) => {
      await host.tryWriting();
      const sum = await upkeep(host, at);
      await reportNotes(host, log);
      return sum;
    },
    stats: async () => ({ ...(await host.call('stats', () => null)), bytes: bytesOnDisk(file) }),
    known: () => host.call('known', () => null),
    places: () => host.call('places', () => null),
    heard: () => host.call('heard', () => null),
    durability: () => host.call('durability', () => null),
    sweep: () => host.call('sweep', () => null),
    trouble: () => host.trouble(),
    close: () => host.close(),
  };
}

/** Logs the damage that the worker met since it was last asked. */
async function reportNotes(host: Host<SeriesHandlers>, log: StoreOptions['log']): Promise<void> {
  for (const note of await host.call('notes', () => null)) log.error(note);
}

/** Seals open readings in steps until they fit into memory again; one such run at a time. */
function reliever({ host, log, now }: { host: Host<SeriesHandlers>; log: StoreOptions['log']; now: () => number }): () => Promise<void> {
  let relieving = false;
  return async () => {
    if (relieving) return;
    relieving = true;
    try {
      while (await host.call('relieve', () => ({ now: now() })));
    } catch (error) {
      log.error(`open readings could not be sealed: ${error instanceof Error ? error.message : String(error)}`);
    } finally {
      relieving = false;
    }
  };
}

/** All upkeep that is due at `now` (seconds UTC), in steps between which others have their turn; gives what they add up to. */
async function upkeep(host: Host<SeriesHandlers>, now: number): Promise<{ sealed: number; expired: number }> {
  const sum = { sealed: 0, expired: 0 };
  for (let more = true; more;) {
    const step = await host.call('upkeep', () => ({ now }));
    sum.sealed += step.sealed;
    sum.expired += step.expired;
    more = step.more;
  }
  return sum;
}

function bytesOnDisk(file: string): number {
  return [file, `${file}-wal`, `${file}-shm`].reduce((sum, path) => sum + (existsSync(path) ? statSync(path).size : 0), 0);
}

/** The series as views on the answer's two arrays. */
export function seriesOf({ series, times, values }: RangeAnswer): DrawnSeries[] {
  const shared = new Map<number, Float64Array>();
  const timesAt = (at: number, rows: number): Float64Array => {
    const t = shared.get(at) ?? times.subarray(at, at + rows);
    shared.set(at, t);
    return t;
  };
  return series.map(({ entity, metric: id, rows, t, mean, spread }) => {
    const column = (part: number): Float64Array => values.subarray(mean + part * rows, mean + (part + 1) * rows);
    const means = column(0);
    return {
      entity: { kind: entity.kind, id: entity.id, node: entity.node ?? null },
      metric: id,
      unit: shownUnit(id),
      t: timesAt(t, rows),
      mean: means,
      min: spread ? column(1) : means,
      max: spread ? column(2) : means,
    };
  });
}
