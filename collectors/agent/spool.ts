import { mkdir, open, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import type { SpoolOptions } from './types.ts';

/** Bytes before a record: its length and its checksum. */
const HEAD = 8;
const SEGMENT = /^(\d{10})\.seg$/;

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

interface Segment {
  readonly id: number;
  size: number;
  records: number;
}

/**
 * Append-only segment files of records with length and checksum. What a crash tore off at a segment's end is found by the checksum
 * and left out. Records of a half-read segment are read again after a restart: the receiver knows their (source, seq).
 */
export async function openSpool(options: SpoolOptions, onLoss: OnLoss): Promise<Spool> {
  const { folder, limit } = options;
  const segmentSize = Math.max(4096, Math.min(1024 * 1024, Math.floor(limit / 16)));
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const unlock = await lock(folder);
  const segments: Segment[] = [];
  let loaded: { id: number; records: Buffer[] } | null = null;
  let writer: { id: number; handle: FileHandle } | null = null;
  let tail = Promise.resolve(); // one change of the files at a time

  const pathOf = (id: number): string => join(folder, `${String(id).padStart(10, '0')}.seg`);
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const done = tail.then(work);
    tail = done.then(
      () => undefined,
      () => undefined,
    );
    return done;
  };
  const remove = async (segment: Segment): Promise<void> => {
    segments.splice(segments.indexOf(segment), 1);
    if (loaded?.id === segment.id) loaded = null;
    if (writer?.id === segment.id) {
      await writer.handle.close();
      writer = null;
    }
    await rm(pathOf(segment.id), { force: true });
  };
  const makeRoom = async (bytes: number): Promise<void> => {
    let total = segments.reduce((sum, segment) => sum + segment.size, 0);
    let lost = 0;
    while (total + bytes > limit) {
      const oldest = segments[0];
      if (oldest === undefined) break;
      total -= oldest.size;
      lost += oldest.records;
      await remove(oldest);
    }
    if (lost > 0) onLoss(lost, `the spool is full (${limit} bytes): the oldest were dropped`);
  };

  await restore();

  return {
    count: () => segments.reduce((sum, segment) => sum + segment.records, 0),
    append: (bytes) =>
      inTurn(async () => {
        const record = Buffer.allocUnsafe(HEAD + bytes.length);
        record.writeUInt32LE(bytes.length, 0);
        record.writeUInt32LE(crc32(bytes), 4);
        bytes.copy(record, HEAD);
        if (record.length > limit) return onLoss(1, `a batch of ${bytes.length} bytes is larger than the whole spool`);
        await makeRoom(record.length);
        const segment = await segmentFor(record.length);
        await segment.handle.appendFile(record);
        await segment.handle.datasync();
        segment.about.size += record.length;
        segment.about.records += 1;
        if (loaded?.id === segment.about.id) loaded.records.push(bytes);
      }),
    head: () =>
      inTurn(async () => {
        for (;;) {
          const oldest = segments[0];
          if (oldest === undefined) return null;
          if (loaded?.id !== oldest.id) loaded = { id: oldest.id, records: (await readSegment(pathOf(oldest.id))).records.slice(-oldest.records) };
          const first = loaded.records[0];
          if (first !== undefined) return first;
          if (oldest.records > 0) onLoss(oldest.records, 'they could not be read back from the spool');
          await remove(oldest);
        }
      }),
    drop: (record) =>
      inTurn(async () => {
        const oldest = segments[0];
        if (oldest === undefined || loaded?.id !== oldest.id || loaded.records[0] !== record) return;
        oldest.records -= 1;
        loaded.records.shift();
        if (oldest.records <= 0) await remove(oldest);
      }),
    close: () =>
      inTurn(async () => {
        await writer?.handle.close();
        writer = null;
        await unlock();
      }),
  };

  async function segmentFor(bytes: number): Promise<{ handle: FileHandle; about: Segment }> {
    const last = segments[segments.length - 1];
    if (writer !== null && last?.id === writer.id && last.size + bytes <= segmentSize) return { handle: writer.handle, about: last };
    await writer?.handle.close();
    const about: Segment = { id: (last?.id ?? 0) + 1, size: 0, records: 0 };
    const handle = await open(pathOf(about.id), 'a', 0o600);
    writer = { id: about.id, handle };
    segments.push(about);
    return { handle, about };
  }

  async function restore(): Promise<void> {
    const ids = (await readdir(folder)).flatMap((name) => SEGMENT.exec(name)?.[1] ?? []).sort();
    for (const id of ids.map((text) => Number.parseInt(text, 10))) {
      const { records, torn } = await readSegment(pathOf(id));
      if (torn > 0) onLoss(1, `a record of ${torn} bytes was torn by a crash`);
      if (records.length === 0) await rm(pathOf(id), { force: true });
      else segments.push({ id, size: (await stat(pathOf(id))).size, records: records.length });
    }
  }
}

/** The whole records of a segment, and how many bytes at its end are none. */
async function readSegment(path: string): Promise<{ records: Buffer[]; torn: number }> {
  const bytes = await readFile(path).catch(() => Buffer.alloc(0)); // gone or unreadable: no records, which the caller tells
  const records: Buffer[] = [];
  let at = 0;
  while (at + HEAD <= bytes.length) {
    const end = at + HEAD + bytes.readUInt32LE(at);
    if (end > bytes.length) break;
    const record = bytes.subarray(at + HEAD, end);
    if (crc32(record) !== bytes.readUInt32LE(at + 4)) break;
    records.push(record);
    at = end;
  }
  return { records, torn: bytes.length - at };
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
