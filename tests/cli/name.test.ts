import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const run = promisify(execFile);
const read = (path: string): string => readFileSync(join(root, path), 'utf8');

/** `npx headroom` with or without options before the name, unless one of them keeps npx from fetching it. */
const bare = (line: string): boolean => {
  const parts = line.split('npx ').slice(1);
  return parts.some((part) => /^(?:-\S+ +)*headroom\b/.test(part) && !/^(?:-\S+ +)*--no-install /.test(part));
};

describe("the package's name", () => {
  it('has a scope, in the lock file as in package.json; the command has none', () => {
    // Parse boundaries of a test: files of this repository.
    const own = JSON.parse(read('package.json')) as { name: string; bin: Record<string, string> };
    const lock = JSON.parse(read('package-lock.json')) as { name: string; packages: Record<string, { name?: string; bin?: Record<string, string> }> };
    expect(own.name).toMatch(/^@[a-z-]+\/headroom$/);
    expect([lock.name, lock.packages['']?.name]).toEqual([own.name, own.name]);
    expect(Object.keys(own.bin)).toContain('headroom');
  });

  it('`npx --no-install headroom --version` runs the checkout after `npm ci`, though no registry can be reached', async () => {
    const cache = mkdtempSync(join(tmpdir(), 'headroom-npx-'));
    try {
      const env = { ...process.env, npm_config_registry: 'http://127.0.0.1:9/', npm_config_cache: cache, npm_config_update_notifier: 'false' };
      const { stdout } = await run('npx', ['--no-install', 'headroom', '--version'], { cwd: root, env });
      expect(stdout.trim()).toBe((JSON.parse(read('package.json')) as { version: string }).version);
    } finally {
      rmSync(cache, { recursive: true, force: true });
    }
  });

  it('no document, page, program or message tells to run npx so that it would fetch a stranger’s package', async () => {
    const { stdout } = await run('git', ['ls-files', '-z'], { cwd: root, maxBuffer: 32 * 1024 * 1024 });
    const files = stdout.split('\0').filter((path) => /\.(?:md|ts|mjs|svelte|html|sh|yml|json)$|Dockerfile$/.test(path));
    expect(files.length).toBeGreaterThan(300);
    const told = files.flatMap((path) =>
      read(path)
        .split('\n')
        .flatMap((line, index) => (bare(line) ? [`${path}:${index + 1}`] : [])),
    );
    // The changelog tells what to change, this file what to look for.
    expect(told.filter((place) => !place.startsWith('CHANGELOG.md') && !place.startsWith('tests/cli/name.test.ts'))).toEqual([]);
  });

  it('the check itself finds one', () => {
    expect(['npx headroom x', 'a; npx -y headroom', 'npx --yes headroom agent'].map(bare)).toEqual([true, true, true]);
    expect(['npx --no-install headroom', 'npx vitest', 'npx -q --no-install headroom'].map(bare)).toEqual([false, false, false]);
  });
});
