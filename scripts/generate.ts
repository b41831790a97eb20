import { readdirSync, existsSync } from 'node:fs';
import { root, run, tool } from './run.ts';

/** Generates one Prisma client per folder of prisma/ that has a schema, without any download. */
export function generate(): void {
  for (const name of readdirSync(`${root}/prisma`).sort()) {
    const schema = `prisma/${name}/schema.prisma`;
    if (!existsSync(`${root}/${schema}`)) continue;
    run(tool('prisma'), ['generate', '--schema', schema, '--no-hints'], {
      // Any file that exists keeps Prisma from downloading its schema engine, which generating does not need.
      PRISMA_SCHEMA_ENGINE_BINARY: process.execPath,
      PRISMA_HIDE_UPDATE_MESSAGE: '1',
      CHECKPOINT_DISABLE: '1',
    });
  }
}

if (process.argv[1]?.endsWith('generate.ts') === true) generate();
