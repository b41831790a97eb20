import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { createGunzip } from 'node:zlib';

/** Folders are read this deep: a run's folder with one per node in it. */
const DEPTH = 3;
/** More files than this are a mistake (a home folder), not a run. */
const MAX_FILES = 2_000;

export interface InputFile {
  readonly path: string;
  readonly bytes: number;
}

/** The files of the given paths; folders are walked in name order, hidden files left out. Throws an Error that names the path and the remedy. */
export async function inputFiles(paths: readonly string[]): Promise<InputFile[]> {
  const files: InputFile[] = [];
  const walk = async (path: string, depth: number): Promise<void> => {
    const about = await stat(path).catch((error: unknown) => {
      throw new Error(`${path}: cannot be read (${error instanceof Error ? error.message : String(error)}); give a recorded file or a folder of them`);
    });
    if (about.isDirectory()) {
      if (depth >= DEPTH) return;
      for (const name of (await readdir(path)).sort()) if (!name.startsWith('.')) await walk(join(path, name), depth + 1);
      return;
    }
    if (!about.isFile()) return;
    if (files.length >= MAX_FILES) throw new Error(`${path}: more than ${MAX_FILES} files; give the folder of one run`);
    files.push({ path, bytes: about.size });
  };
  for (const path of paths) await walk(path, 0);
  return files;
}

/** Reads a file (gunzipped by its name) as text pieces until `take` says that it wants no more. `progress` gets the bytes read from disk. */
export async function readPieces(file: InputFile, take: (text: string) => boolean, progress: (bytes: number) => void): Promise<void> {
  const raw = createReadStream(file.path, { highWaterMark: 1 << 20 });
  raw.on('data', (chunk) => progress(chunk.length));
  const text = file.path.endsWith('.gz') ? raw.pipe(createGunzip()) : raw;
  // pipe() does not pass errors on, and an unhandled one would end the process.
  if (text !== raw) raw.on('error', (error) => text.destroy(error));
  text.setEncoding('utf8');
  try {
    for await (const piece of text) if (!take(String(piece))) break;
  } finally {
    raw.destroy();
  }
}
