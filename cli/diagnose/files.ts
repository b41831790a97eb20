import { open, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isPartOfRun, MAX_FILES, TOO_MANY_FILES } from '../../collectors/run/index.ts';

/** Bytes read at a time. */
const PIECE = 256 * 1024;

/** What reads standard input, and what it is called. */
const STDIN = '-';
const STDIN_NAME = 'standard input';

export interface InputFile {
  /** Standard input by its name. */
  readonly path: string;
  readonly bytes: number;
}

/** The files of the given paths, `-` for standard input; folders are walked in name order, hidden files left out. Throws an Error that names the path and the remedy. */
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
    // What a person names may be a pipe (`<(ssh node nvidia-smi -q)`); in a folder it is none of the run's.
    const isPipe = inside.length === 0 && (about.isFIFO() || about.isCharacterDevice());
    if (!about.isFile() && !isPipe) return;
    if (files.length >= MAX_FILES) throw new Error(`${path}: ${TOO_MANY_FILES}`);
    files.push({ path, bytes: about.size });
  };
  for (const path of paths) {
    if (path === STDIN) files.push({ path: STDIN_NAME, bytes: 0 });
    else await walk(path, []);
  }
  return files;
}

/** A file's bytes, read as they are wanted. */
export async function bytesOf(path: string): Promise<ReadableStream<Uint8Array<ArrayBuffer>>> {
  if (path === STDIN_NAME) return standardInput();
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

function standardInput(): ReadableStream<Uint8Array<ArrayBuffer>> {
  const pieces: AsyncIterator<Buffer> = process.stdin[Symbol.asyncIterator]();
  return new ReadableStream({
    async pull(out) {
      const next = await pieces.next();
      if (next.done === true) out.close();
      else out.enqueue(Uint8Array.from(next.value));
    },
    async cancel() {
      await pieces.return?.();
    },
  });
}
