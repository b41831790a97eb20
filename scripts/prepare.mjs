// Runs at the end of `npm ci`. Plain JavaScript, because an install without development packages has nothing to build with:
// there the built files must already be in the package, as they are in an image or a published one.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const tsx = `${root}node_modules/tsx/dist/cli.mjs`;
if (existsSync(tsx)) {
  const build = spawnSync(process.execPath, [tsx, `${root}scripts/build.ts`], { cwd: root, stdio: 'inherit' });
  process.exitCode = build.status ?? 1;
} else if (!existsSync(`${root}dist/cli/main.js`)) {
  console.error('headroom: nothing is built and the development packages are absent; run `npm ci` without --omit=dev once.');
  process.exitCode = 1;
}
