import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join, relative } from 'node:path';
import { root } from './run.ts';

const ADAPTER = '@prisma/adapter-libsql';
/** What is asked of Prisma's packages: a generated client's `@prisma/client/runtime/client`, and the adapter. */
const ASKED = /(["'])(@prisma\/client\/runtime\/[\w.-]+|@prisma\/adapter-libsql)\1/g;
/** The adapter's own asking for a client, which would be that of five protocols. */
const ANY_CLIENT = /from "@libsql\/client";/;

/**
 * Puts the few files of Prisma that the store imports beside it in `dist`. The client's package holds the query compilers of five
 * databases in four builds each (72 MB) and draws its command line, TypeScript and a studio into every production install. The
 * adapter draws in clients of HTTP and web sockets, which each thread would read at its start; here it asks for that of files.
 */
export function carryPrisma(): void {
  const store = join(root, 'dist/server/store');
  const to = join(store, 'generated/runtime');
  mkdirSync(to, { recursive: true });
  for (const file of readdirSync(store, { recursive: true, encoding: 'utf8' })) {
    if (!file.endsWith('.js')) continue;
    const path = join(store, file);
    const text = readFileSync(path, 'utf8');
    const carried = text.replace(ASKED, (_all, quote: string, asked: string) => {
      const carrying = createRequire(path).resolve(asked).replace(/\.js$/, '.mjs');
      const isAdapter = asked === ADAPTER;
      const there = join(to, isAdapter ? 'adapter-libsql.mjs' : basename(carrying));
      if (isAdapter) writeFileSync(there, onFilesOnly(carrying));
      else copyFileSync(carrying, there);
      return `${quote}${relative(dirname(path), there)}${quote}`;
    });
    if (carried !== text) writeFileSync(path, carried);
  }
  copyFileSync(join(dirname(createRequire(import.meta.url).resolve('@prisma/client/package.json')), 'LICENSE'), join(to, 'LICENSE'));
}

function onFilesOnly(adapter: string): string {
  const text = readFileSync(adapter, 'utf8');
  if (!ANY_CLIENT.test(text)) throw new Error(`${adapter} asks for its client in another way: see scripts/carry-prisma.ts`);
  return text.replace(ANY_CLIENT, 'from "@libsql/client/sqlite3";');
}
