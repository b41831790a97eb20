import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { svelte, vitePreprocess } from '@sveltejs/vite-plugin-svelte';
import { defineConfig, type Plugin } from 'vite';

const root = fileURLToPath(new URL('.', import.meta.url));
const built = fileURLToPath(new URL('../dist/web', import.meta.url));
const api = process.env['HEADROOM_DEV_SERVER'] ?? 'http://127.0.0.1:8080';

/** Lays a `.br` and a `.gz` beside every text of the built page, as small as they get (brotli 11, gzip 9): the server sends them as they are. */
const precompressed: Plugin = {
  name: 'precompressed',
  apply: 'build',
  closeBundle() {
    for (const entry of readdirSync(built, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile() || !['.html', '.js', '.css', '.svg'].includes(extname(entry.name))) continue;
      const path = join(entry.parentPath, entry.name);
      const plain = readFileSync(path);
      writeFileSync(`${path}.br`, brotliCompressSync(plain));
      writeFileSync(`${path}.gz`, gzipSync(plain, { level: 9 }));
    }
  },
};

export default defineConfig({
  root,
  plugins: [svelte({ configFile: false, preprocess: vitePreprocess() }), precompressed],
  build: { outDir: built, emptyOutDir: true, target: 'es2022' },
  worker: { format: 'es' },
  server: {
    fs: { allow: [fileURLToPath(new URL('..', import.meta.url))] },
    proxy: { '/api': api, '/socket.io': { target: api, ws: true } },
  },
});
