import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { builtFiles } from './support/page-server.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

describe('the built page', () => {
  const files = builtFiles();
  const texts = [...files].filter(([path]) => /\.(html|js|css|svg)$/.test(path));

  it('has each of its texts compressed beside it, the same when it is opened', () => {
    expect(texts.length).toBeGreaterThan(10);
    for (const [path, plain] of texts) {
      const [brotli, gzip] = [files.get(`${path}.br`), files.get(`${path}.gz`)];
      if (brotli === undefined || gzip === undefined) throw new Error(`${path} is not compressed`);
      expect(brotliDecompressSync(brotli).equals(plain)).toBe(true);
      expect(gunzipSync(gzip).equals(plain)).toBe(true);
    }
  });

  it('goes into the package with them', () => {
    const packed = spawnSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], { cwd: root, encoding: 'utf8' });
    const [{ files: inside }] = JSON.parse(packed.stdout) as [{ files: { path: string }[] }];
    const names = new Set(inside.map(({ path }) => path));
    expect(texts.flatMap(([path]) => [`dist/web${path}.br`, `dist/web${path}.gz`]).filter((path) => !names.has(path))).toEqual([]);
  });
});
