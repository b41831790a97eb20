import { build } from 'vite';
import config from '../../web/vite.config.ts';

/** Page tests look at the page of this very tree, never at an older build; and at the one that people get, not a development build. */
export async function setup(): Promise<void> {
  // The test runner says `test` here, which Vite and Svelte take for development.
  const before = process.env['NODE_ENV'];
  process.env['NODE_ENV'] = 'production';
  await build({ ...config, configFile: false, logLevel: 'warn' });
  if (before === undefined) delete process.env['NODE_ENV'];
  else process.env['NODE_ENV'] = before;
}
