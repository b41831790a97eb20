import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import ts from 'typescript';

/** One import of one file, type-only ones included: `to` is a path from the root, or a package's name as written. */
export interface Edge {
  readonly from: string;
  readonly to: string;
  readonly isPackage: boolean;
}

/** Every source file of some top folders, as paths from the root. */
export function sourceFiles(root: string, folders: readonly string[]): string[] {
  return folders
    .filter((folder) => existsSync(join(root, folder)))
    .flatMap((folder) => readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name)))
    .filter((path) => /\.(ts|svelte|js|mjs)$/.test(path) && !path.includes('/generated/'))
    .sort();
}

/** The imports (static, dynamic, re-exports, type-only) that a file's text names. */
export function edgesOf(path: string, text: string): Edge[] {
  const code = path.endsWith('.svelte') ? [...text.matchAll(/<script[^>]*>([\s\S]*?)<\/script>/g)].map((match) => match[1] ?? '').join('\n') : text;
  const workers = [...code.matchAll(/new URL\(\s*['"](\.[^'"]+\.(?:ts|js))['"]\s*,\s*import\.meta\.url/g)].map((match) => match[1] ?? '');
  const named = ts.preProcessFile(code, true, true).importedFiles.map((file) => file.fileName);
  return [...named, ...workers].map((name) => {
    const plain = name.replace(/\?.*$/, '');
    return plain.startsWith('.') ? { from: path, to: normalize(join(dirname(path), plain)), isPackage: false } : { from: path, to: plain, isPackage: true };
  });
}

/** The whole graph of some top folders. */
export function importGraph(root: string, folders: readonly string[]): Edge[] {
  return sourceFiles(root, folders).flatMap((path) => edgesOf(path, readFileSync(join(root, path), 'utf8')));
}

/** Everything that the files below a folder reach, packages included. */
export function reachable(edges: readonly Edge[], start: (path: string) => boolean): Set<string> {
  const seen = new Set<string>();
  const open = [...new Set(edges.map((edge) => edge.from))].filter(start);
  for (let path = open.pop(); path !== undefined; path = open.pop()) {
    for (const edge of edges) {
      if (edge.from !== path || seen.has(edge.to)) continue;
      seen.add(edge.to);
      if (!edge.isPackage) open.push(edge.to);
    }
  }
  return seen;
}
