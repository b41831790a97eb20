import { fileURLToPath } from 'node:url';
import { svelte, vitePreprocess } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vite';

const root = fileURLToPath(new URL('.', import.meta.url));
const api = process.env['HEADROOM_DEV_SERVER'] ?? 'http://127.0.0.1:8080';

export default defineConfig({
  root,
  plugins: [svelte({ configFile: false, preprocess: vitePreprocess() })],
  build: { outDir: fileURLToPath(new URL('../dist/web', import.meta.url)), emptyOutDir: true, target: 'es2022' },
  worker: { format: 'es' },
  server: {
    fs: { allow: [fileURLToPath(new URL('..', import.meta.url))] },
    proxy: { '/api': api, '/socket.io': { target: api, ws: true } },
  },
});
