import { open, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isPartOfRun, MAX_FILES, TOO_MANY_FILES } from '../../collectors/run/files.ts';

/** Bytes read at a time. */
const PIECE = 256 * 1024;

export interface InputFile {
  readonly path: string;
  readonly bytes: number;
}

/** The files of the given paths; folders are walked in name order, hidden files left out. Throws an Error that names the path and the remedy. */
export async function inputFiles(paths: readonly string[]): Promise<InputFile[]> {
  const files: InputFile[] = [];
  const walk = async (path: string, inside: readonly string[]): Promise<void> => {
    const about = await stat(path).catch((error: unknown) => {
      throw new Error(`${path}: cannot be read (${error instanceof Error ? error.message : String(error)}); give a recorded file or a folder of them`);
    });
    if (about.isDirectory()) {
      for (const name of (await readdir(path)).sort()) if (isPartOfRun([...inside, name])) await walk(join(path, name), [...inside, name]);
      return;
    }
    if (!about.isFile()) return;
    if (files.length >= MAX_FILES) throw new Error(`${path}: ${TOO_MANY_FILES}`);
    files.push({ path, bytes: about.size });
  };
  for (const path of paths) await walk(path, []);
  return files;
}

/** A file's bytes, read as they are wanted. */
export async function bytesOf(path: string): Promise<ReadableStream<Uint8Array<ArrayBuffer>>> {
  const file = await open(path);
  return new ReadableStream({
    async pull(out) {
      const piece = new Uint8Array(PIECE);
      const { bytesRead } = await file.read(piece);
      if (bytesRead > 0) return out.enqueue(piece.subarray(0, bytesRead));
      await file.close();
      out.close();
    },
    cancel: () => file.close(),
  });
}
