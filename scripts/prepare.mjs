// Runs at the end of `npm ci`. Plain JavaScript, because an install without development packages has nothing to build with:
// there the built files must already be in the package, as they are in an image or a published one.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const tsx = `${root}node_modules/tsx/dist/cli.mjs`;
const built = existsSync(`${root}dist/cli/main.js`);
// `npx --no-install headroom` in the checkout links the package into npx's cache first, which is no reason to build it again.
const linked = process.env['npm_command'] === 'exec';
if (linked && built) process.exitCode = 0;
else if (existsSync(tsx)) {
  const build = spawnSync(process.execPath, [tsx, `${root}scripts/build.ts`], { cwd: root, stdio: 'inherit' });
  process.exitCode = build.status ?? 1;
} else if (!built) {
  console.error('headroom: nothing is built and the development packages are absent; run `npm ci` without --omit=dev once.');
  process.exitCode = 1;
}
