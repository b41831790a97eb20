// Writes the next migration of a schema: `npm run migration -- main add-something`. Forward only; one that has landed is never edited.
// Prisma's own `migrate` needs a downloaded engine; its WebAssembly build does the same without.
import { mkdirSync, existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { PrismaLibSql } from '@prisma/adapter-libsql';
import { bindMigrationAwareSqlAdapterFactory } from '@prisma/driver-adapter-utils';
import type { SqlMigrationAwareDriverAdapterFactory } from '@prisma/driver-adapter-utils';
import type * as Wasm from '@prisma/schema-engine-wasm';
import { root } from './run.ts';

interface Bindings {
  SchemaEngine: typeof Wasm.SchemaEngine;
  __wbg_set_wasm(exports: WebAssembly.Exports): void;
}

let loaded: Promise<Bindings> | undefined;

/** The engine's glue holds one instance: it is made once per process. */
function engineBindings(): Promise<Bindings> {
  loaded ??= loadEngine();
  return loaded;
}

async function loadEngine(): Promise<Bindings> {
  const folder = dirname(createRequire(import.meta.url).resolve('@prisma/schema-engine-wasm'));
  const bindings = (await import(pathToFileURL(join(folder, 'schema_engine_bg.js')).href)) as Bindings; // generated glue, typed by its .d.ts
  const module = new WebAssembly.Module(readFileSync(join(folder, 'schema_engine_bg.wasm')));
  const instance = new WebAssembly.Instance(module, { './schema_engine_bg.js': bindings as unknown as WebAssembly.ModuleImports });
  bindings.__wbg_set_wasm(instance.exports);
  const start = instance.exports['__wbindgen_start'];
  if (typeof start === 'function') (start as () => void)();
  return bindings;
}

/** The engine hands whole migrations to `executeRaw`, of which libSQL would run the first statement only. */
function memory(): SqlMigrationAwareDriverAdapterFactory {
  const factory = new PrismaLibSql({ url: ':memory:' });
  return {
    provider: factory.provider,
    adapterName: factory.adapterName,
    connect: () => factory.connect(),
    connectToShadowDb: async () => {
      const shadow = await factory.connectToShadowDb();
      shadow.executeRaw = async (query) => {
        await shadow.executeScript(query.sql);
        return 0;
      };
      return shadow;
    },
  };
}

/** The SQL that brings a database with the migrations of `prisma/<name>` to its schema; null when there is nothing to do. */
export async function difference(name: string): Promise<string | null> {
  const { SchemaEngine } = await engineBindings();
  const schema = join(root, 'prisma', name, 'schema.prisma');
  const baseDir = join(root, 'prisma', name, 'migrations');
  const folders = existsSync(baseDir) ? readdirSync(baseDir, { withFileTypes: true }).filter((entry) => entry.isDirectory()) : [];
  const files = [{ path: schema, content: readFileSync(schema, 'utf8') }];
  const adapter = bindMigrationAwareSqlAdapterFactory(memory());
  const engine = await SchemaEngine.new({ datamodels: files.map((file) => [file.path, file.content]) }, () => undefined, adapter);
  const answer = await engine.diff({
    from: {
      tag: 'migrations',
      baseDir,
      lockfile: { path: 'migration_lock.toml', content: lockfile },
      shadowDbInitScript: '',
      migrationDirectories: folders
        .map((entry) => entry.name)
        .sort()
        .map((path) => ({
          path,
          migrationFile: { path: 'migration.sql', content: { tag: 'ok', value: readFileSync(join(baseDir, path, 'migration.sql'), 'utf8') } },
        })),
    },
    to: { tag: 'schemaDatamodel', files },
    script: true,
    exitCode: true,
    filters: { externalTables: [], externalEnums: [] },
  });
  return answer.exitCode === 2 ? answer.stdout : null;
}

const lockfile = '# Written by scripts/migration.ts, in the layout of Prisma’s own tools.\nprovider = "sqlite"\n';

function write(name: string, title: string, sql: string): void {
  const stamp = new Date().toISOString().replace(/\D/g, '').slice(0, 14);
  const folder = join(root, 'prisma', name, 'migrations', `${stamp}_${title.replaceAll('-', '_')}`);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'migration.sql'), sql);
  writeFileSync(join(root, 'prisma', name, 'migrations', 'migration_lock.toml'), lockfile);
  console.log(`wrote ${folder}`);
}

if (process.argv[1]?.endsWith('migration.ts') === true) {
  const [name, title] = process.argv.slice(2);
  if (name === undefined || title === undefined || !/^[a-z0-9-]+$/.test(title)) throw new Error('usage: npm run migration -- main|series short-title');
  const sql = await difference(name);
  if (sql === null) console.log(`prisma/${name}: the migrations already make the schema`);
  else write(name, title, sql);
}
