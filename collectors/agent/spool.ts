import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openSegments, recordOf, type Segment } from './segments.ts';
import type { SpoolOptions } from './types.ts';

/** Batches on disk, oldest first, while the receiver is away. */
export interface Spool {
  /** Records that wait. */
  count(): number;
  /** Resolves when the record is on disk. Beyond the limit the oldest segment goes, and `lost` is told. */
  append(bytes: Buffer): Promise<void>;
  /** The oldest record, again and again until it is dropped; null when there is none. */
  head(): Promise<Buffer | null>;
  /** Forgets this record, if it is the oldest still: the limit may have taken it away meanwhile. */
  drop(record: Buffer): Promise<void>;
  close(): Promise<void>;
}

/** `batches` were dropped, or could not be read after a crash. */
export type OnLoss = (batches: number, why: string) => void;

/**
 * Opens the spool of a folder. What a crash tore off at a segment's end is found by the checksum and left out. Records of a half-read
 * segment are read again after a restart: the receiver knows their (source, seq).
 */
export async function openSpool({ folder, limit }: SpoolOptions, onLoss: OnLoss): Promise<Spool> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const unlock = await lock(folder);
  const largest = Math.max(4096, Math.min(1024 * 1024, Math.floor(limit / 16)));
  const segments = await openSegments(folder, largest, (bytes) => onLoss(1, `a record of ${bytes} bytes was torn by a crash`));
  const inTurn = turns();
  let loaded: { readonly of: Segment; readonly records: Buffer[] } | null = null;

  const remove = async (segment: Segment): Promise<void> => {
    if (loaded?.of === segment) loaded = null;
    await segments.remove(segment);
  };
  const makeRoom = async (bytes: number): Promise<void> => {
    let total = segments.all.reduce((sum, segment) => sum + segment.size, 0);
    let lost = 0;
    while (total + bytes > limit) {
      const oldest = segments.all[0];
      if (oldest === undefined) break;
      total -= oldest.size;
      lost += oldest.records;
      await remove(oldest);
    }
    if (lost > 0) onLoss(lost, `the spool is full (${limit} bytes): the oldest were dropped`);
  };
  const append = async (bytes: Buffer): Promise<void> => {
    const record = recordOf(bytes);
    if (record.length > limit) return onLoss(1, `a batch of ${bytes.length} bytes is larger than the whole spool`);
    await makeRoom(record.length);
    const segment = await segments.append(record);
    if (loaded?.of === segment) loaded.records.push(bytes);
  };
  const head = async (): Promise<Buffer | null> => {
    for (;;) {
      const oldest = segments.all[0];
      if (oldest === undefined) return null;
      if (loaded?.of !== oldest) loaded = { of: oldest, records: await segments.read(oldest) };
      const first = loaded.records[0];
      if (first !== undefined) return first;
      if (oldest.records > 0) onLoss(oldest.records, 'they could not be read back from the spool');
      await remove(oldest);
    }
  };
  const drop = async (record: Buffer): Promise<void> => {
    const oldest = segments.all[0];
    if (oldest === undefined || loaded?.of !== oldest || loaded.records[0] !== record) return;
    oldest.records -= 1;
    loaded.records.shift();
    if (oldest.records <= 0) await remove(oldest);
  };

  return {
    count: () => segments.all.reduce((sum, segment) => sum + segment.records, 0),
    append: (bytes) => inTurn(() => append(bytes)),
    head: () => inTurn(head),
    drop: (record) => inTurn(() => drop(record)),
    close: () =>
      inTurn(async () => {
        await segments.close();
        await unlock();
      }),
  };
}

/** One change of the files at a time, each after the one that was asked for before it, whatever became of that. */
function turns(): <T>(work: () => Promise<T>) => Promise<T> {
  let tail: Promise<unknown> = Promise.resolve();
  return (work) => {
    const done = tail.then(work);
    tail = done.catch(() => undefined); // told to whoever asked
    return done;
  };
}

/** One agent per folder: two would send each other's batches out of order. A lock whose owner is gone is taken over. */
async function lock(folder: string): Promise<() => Promise<void>> {
  const path = join(folder, 'lock');
  for (let attempt = 0; attempt < 2; attempt += 1) {
    try {
      await writeFile(path, String(process.pid), { flag: 'wx', mode: 0o600 });
      return () => rm(path, { force: true });
    } catch (error) {
      if (!isCode(error, 'EEXIST')) throw error;
      const owner = Number.parseInt(await readFile(path, 'utf8').catch(() => ''), 10);
      if (owner > 0 && owner !== process.pid && isAlive(owner))
        throw new Error(`another agent (process ${owner}) uses the spool ${folder}: stop it, or give this one a folder of its own with --spool`, {
          cause: error,
        });
      await rm(path, { force: true });
    }
  }
  throw new Error(`the spool ${folder} could not be locked`);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return isCode(error, 'EPERM'); // it is there, and somebody else's
  }
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
