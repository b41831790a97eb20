import { build } from 'vite';
import config from '../../web/vite.config.ts';

/** Page tests look at the page of this very tree, never at an older build. */
export async function setup(): Promise<void> {
  await build({ ...config, configFile: false, logLevel: 'warn' });
}
