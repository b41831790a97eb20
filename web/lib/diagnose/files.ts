import { byPath, isPartOfRun, MAX_FILES } from '../../../collectors/run/files.ts';
import type { NamedFile } from './protocol.ts';

/** Files of a drop, folders walked, hidden files left out, in the order of their paths; at most one more than MAX_FILES, so that too many can be told. */
export async function droppedFiles(transfer: DataTransfer): Promise<NamedFile[]> {
  // Both lists are emptied once the event is over: take them before the first await.
  const entries = [...transfer.items].map((item) => (item.kind === 'file' ? item.webkitGetAsEntry() : null));
  const plain = [...transfer.files];
  const files: NamedFile[] = [];
  if (entries.every((entry) => entry === null)) return inOrder(plain.map((file) => ({ path: file.name, file })));
  for (const entry of entries) if (entry !== null) await walk(entry, [], files);
  return inOrder(files);
}

/** Files of an input, folders' paths kept, hidden files left out. */
export function chosenFiles(list: Iterable<File>): NamedFile[] {
  const files = [...list].map((file) => ({ path: file.webkitRelativePath === '' ? file.name : file.webkitRelativePath, file }));
  return inOrder(files.filter(({ path }) => isPartOfRun(path.split('/').slice(1))).slice(0, MAX_FILES + 1));
}

function inOrder(files: NamedFile[]): NamedFile[] {
  return files.sort((a, b) => byPath(a.path, b.path));
}

async function walk(entry: FileSystemEntry, inside: readonly string[], files: NamedFile[]): Promise<void> {
  if (files.length > MAX_FILES || !isPartOfRun(inside)) return;
  if (isFile(entry)) {
    const file = await new Promise<File>((resolve, reject) => entry.file(resolve, reject));
    files.push({ path: entry.fullPath.replace(/^\//, ''), file });
  } else if (isFolder(entry)) {
    for (const child of await children(entry)) await walk(child, [...inside, child.name], files);
  }
}

/** readEntries gives at most a hundred at a time, until it gives none. */
async function children(folder: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = folder.createReader();
  const all: FileSystemEntry[] = [];
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (some.length === 0) return all;
    all.push(...some);
  }
}

function isFile(entry: FileSystemEntry): entry is FileSystemFileEntry {
  return entry.isFile;
}

function isFolder(entry: FileSystemEntry): entry is FileSystemDirectoryEntry {
  return entry.isDirectory;
}
