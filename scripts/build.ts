import { chmodSync, rmSync } from 'node:fs';
import { generate } from './generate.ts';
import { root, run, tool } from './run.ts';

generate();
rmSync(`${root}/dist`, { recursive: true, force: true });
run(tool('tsc'), ['-p', 'tsconfig.build.json']);
chmodSync(`${root}/dist/cli/main.js`, 0o755);
run(tool('vite'), ['build', '--config', 'web/vite.config.ts', '--logLevel', 'warn']);
