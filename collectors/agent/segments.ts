import { open, readdir, readFile, rm, stat } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';

/** Bytes before a record: its length and its checksum. */
const HEAD = 8;
const SEGMENT = /^(\d{10})\.seg$/;

/** A file of records. */
export interface Segment {
  readonly id: number;
  /** Bytes on disk, those of dropped records too. */
  size: number;
  /** How many of its records, counted from its end, still wait. */
  records: number;
}

/** Append-only files of records with length and checksum, oldest first. */
export interface Segments {
  readonly all: readonly Segment[];
  /** Puts a record of `recordOf` at the end of the last file, or of a new one; resolves with it when the record is on disk. */
  append(record: Buffer): Promise<Segment>;
  /** The records of a file that still wait; fewer than it counts where they could not be read. */
  read(segment: Segment): Promise<Buffer[]>;
  remove(segment: Segment): Promise<void>;
  close(): Promise<void>;
}

/** Opens the segments in a folder; none grows beyond `largest` bytes but by its first record. `torn` is told the bytes of a record that a crash tore. */
export async function openSegments(folder: string, largest: number, torn: (bytes: number) => void): Promise<Segments> {
  const pathOf = (id: number): string => join(folder, `${String(id).padStart(10, '0')}.seg`);
  const all = await restored(folder, pathOf, torn);
  let writer: { readonly about: Segment; readonly handle: FileHandle } | null = null;

  const close = async (): Promise<void> => {
    await writer?.handle.close();
    writer = null;
  };
  const writerFor = async (bytes: number): Promise<{ readonly about: Segment; readonly handle: FileHandle }> => {
    const last = all[all.length - 1];
    if (writer !== null && last === writer.about && last.size + bytes <= largest) return writer;
    await writer?.handle.close();
    const about: Segment = { id: (last?.id ?? 0) + 1, size: 0, records: 0 };
    writer = { about, handle: await open(pathOf(about.id), 'a', 0o600) };
    all.push(about);
    return writer;
  };
  /** A full disk takes half a record: nothing may be written behind it, where it would never be found. */
  const giveUp = async (about: Segment, handle: FileHandle): Promise<void> => {
    writer = null;
    await handle.truncate(about.size).catch(() => undefined); // what stays of the half is told apart by its checksum
    await handle.close().catch(() => undefined); // its last words are the error that is thrown
    if (about.records > 0) return;
    all.splice(all.indexOf(about), 1);
    await rm(pathOf(about.id), { force: true });
  };

  return {
    all,
    async append(record) {
      const { about, handle } = await writerFor(record.length);
      try {
        await handle.appendFile(record);
        await handle.datasync();
      } catch (error) {
        await giveUp(about, handle);
        throw error;
      }
      about.size += record.length;
      about.records += 1;
      return about;
    },
    async read(segment) {
      return (await recordsIn(pathOf(segment.id))).records.slice(-segment.records);
    },
    async remove(segment) {
      all.splice(all.indexOf(segment), 1);
      if (writer?.about === segment) await close();
      await rm(pathOf(segment.id), { force: true });
    },
    close,
  };
}

/** A batch as it stands in a segment: length, checksum, bytes. */
export function recordOf(bytes: Buffer): Buffer {
  const record = Buffer.allocUnsafe(HEAD + bytes.length);
  record.writeUInt32LE(bytes.length, 0);
  record.writeUInt32LE(crc32(bytes), 4);
  bytes.copy(record, HEAD);
  return record;
}

/** The segments that an earlier run left; those without a whole record are removed. */
async function restored(folder: string, pathOf: (id: number) => string, tell: (torn: number) => void): Promise<Segment[]> {
  const segments: Segment[] = [];
  const ids = (await readdir(folder)).flatMap((name) => SEGMENT.exec(name)?.[1] ?? []).sort();
  for (const id of ids.map((text) => Number.parseInt(text, 10))) {
    const { records, torn } = await recordsIn(pathOf(id));
    if (torn > 0) tell(torn);
    if (records.length === 0) await rm(pathOf(id), { force: true });
    else segments.push({ id, size: (await stat(pathOf(id))).size, records: records.length });
  }
  return segments;
}

/** The whole records of a segment, and how many bytes at its end are none. */
async function recordsIn(path: string): Promise<{ records: Buffer[]; torn: number }> {
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
