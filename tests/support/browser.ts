import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { chromium } from 'playwright-core';
import type { Browser } from 'playwright-core';

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome'];
const macPaths = ['/Applications/Google Chrome.app/Contents/MacOS/Google Chrome', '/Applications/Chromium.app/Contents/MacOS/Chromium'];

/** The path of a Chromium or Chrome: $HEADROOM_CHROMIUM, one on the PATH, or Playwright's own; undefined when there is none. */
export function findBrowser(): string | undefined {
  const given = process.env['HEADROOM_CHROMIUM'];
  if (given !== undefined && given !== '') {
    if (!existsSync(given)) throw new Error(`HEADROOM_CHROMIUM names ${given}, which does not exist`);
    return given;
  }
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  const candidates = [...names.flatMap((name) => folders.map((folder) => join(folder, name))), ...macPaths, chromium.executablePath()];
  return candidates.find((path) => path !== '' && existsSync(path));
}

/** The flags of every test browser: quiet, no network of its own, and without the sandbox only for root, who cannot have one. */
function browserFlags(): string[] {
  const flags = ['--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];
  return process.getuid?.() === 0 ? [...flags, '--no-sandbox'] : flags;
}

/** Starts a headless browser; throws with the remedy when there is none. The caller closes it. */
export async function launchBrowser(): Promise<Browser> {
  const executablePath = findBrowser();
  if (executablePath === undefined) throw new Error('no Chromium or Chrome: `npm test` fetches one, or name it in HEADROOM_CHROMIUM');
  const browser = await chromium.launch({ executablePath, headless: true, args: browserFlags() });
  browser.on('context', (context) => context.setDefaultTimeout(120_000)); // against hanging only: a busy machine takes its time
  return browser;
}
