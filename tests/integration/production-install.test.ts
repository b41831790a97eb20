import { execFileSync, spawn } from 'node:child_process';
import { cpSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it, onTestFinished } from 'vitest';
import { temporaryFolder } from '../support/folders.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** The most that a production install may take, MB: the image of a service is pulled and kept by every node that runs it. */
const MOST_MB = 130;

function megabytes(folder: string): number {
  const bytes = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => statSync(join(entry.parentPath, entry.name)).size);
  return bytes.reduce((sum, size) => sum + size, 0) / 1e6;
}

it(`a production install takes at most ${MOST_MB} MB, and serves the demo with its pages and database`, async () => {
  const folder = temporaryFolder();
  for (const part of ['package.json', 'package-lock.json', '.npmrc', 'dist', 'prisma']) cpSync(join(root, part), join(folder, part), { recursive: true });
  execFileSync('npm', ['ci', '--omit=dev', '--ignore-scripts', '--prefer-offline'], { cwd: folder, stdio: 'pipe' });
  const installed = megabytes(join(folder, 'node_modules'));
  console.log(`a production install: ${installed.toFixed(0)} MB of packages, ${megabytes(join(folder, 'dist')).toFixed(0)} MB of Headroom`);
  expect(installed).toBeLessThan(MOST_MB);

  const server = spawn(process.execPath, ['dist/cli/main.js', 'serve', '--demo', '--port', '0', '--data', join(folder, 'data')], { cwd: folder });
  onTestFinished(() => void server.kill('SIGKILL'));
  let output = '';
  const address = await new Promise<string>((resolve, reject) => {
    const heard = (chunk: Buffer): void => {
      output += chunk.toString();
      const found = /^http:\/\/127\.0\.0\.1:\d+/m.exec(output);
      if (found !== null) resolve(found[0]);
    };
    server.stdout.on('data', heard);
    server.stderr.on('data', heard);
    server.on('exit', (code) => reject(new Error(`ended with ${code}: ${output}`)));
  });
  // The page is there before the demo has told its past.
  const jobs = async () => ((await (await fetch(`${address}/api/jobs`)).json()) as { readonly rows: readonly unknown[] }).rows.length;
  await expect.poll(jobs).toBeGreaterThan(0);
  expect((await fetch(`${address}/`)).headers.get('content-type')).toContain('text/html');
});
