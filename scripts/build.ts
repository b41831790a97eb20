import { chmodSync, rmSync } from 'node:fs';
import { carryPrisma } from './carry-prisma.ts';
import { carryTypebox } from './carry-typebox.ts';
import { generate } from './generate.ts';
import { root, run, tool } from './run.ts';

generate();
rmSync(`${root}/dist`, { recursive: true, force: true });
run(tool('tsc'), ['-p', 'tsconfig.build.json']);
carryPrisma();
await carryTypebox();
chmodSync(`${root}/dist/cli/main.js`, 0o755);
run(tool('vite'), ['build', '--config', 'web/vite.config.ts', '--logLevel', 'warn']);
