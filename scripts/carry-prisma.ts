import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join, relative } from 'node:path';
import { root } from './run.ts';

/** What a generated client asks of Prisma's package, such as `@prisma/client/runtime/client`. */
const ASKED = /(["'])@prisma\/client\/(runtime\/[\w.-]+)\1/g;

/**
 * Puts the few files of Prisma's runtime that the generated clients import beside them in `dist`. The package itself holds the query
 * compilers of five databases in four builds each (72 MB) and draws its command line, TypeScript and a studio into every production
 * install; built like this it is needed for building only.
 */
export function carryPrisma(): void {
  const from = dirname(createRequire(import.meta.url).resolve('@prisma/client/package.json'));
  const to = join(root, 'dist/server/store/generated/runtime');
  mkdirSync(to, { recursive: true });
  for (const file of readdirSync(dirname(to), { recursive: true, encoding: 'utf8' })) {
    if (!file.endsWith('.js')) continue;
    const path = join(dirname(to), file);
    const text = readFileSync(path, 'utf8');
    const carried = text.replace(ASKED, (_all, quote: string, asked: string) => {
      const source = createRequire(path).resolve(`@prisma/client/${asked}`).replace(/\.js$/, '.mjs');
      copyFileSync(source, join(to, basename(source)));
      return `${quote}${relative(dirname(path), join(to, basename(source)))}${quote}`;
    });
    if (carried !== text) writeFileSync(path, carried);
  }
  copyFileSync(join(from, 'LICENSE'), join(to, 'LICENSE'));
}
