import { existsSync } from 'node:fs';
import { findBrowser } from '../tests/support/browser.ts';
import { root, tryRun } from './run.ts';

const remedy = `The page tests need Chromium or Chrome, and none was found or could be fetched.
Do one of these, then run the tests again:
  - install it: apt-get install chromium (Debian), or your system's package
  - name one that is there: HEADROOM_CHROMIUM=/path/to/chrome npm test
  - let Playwright fetch one: npx playwright-core install chromium`;

/** The path of a browser for the page tests: one that is there, else Playwright's download, else Debian's package; throws with the remedy. */
export function ensureBrowser(): string {
  const found = findBrowser();
  if (found !== undefined) return found;
  for (const attempt of [playwright, debian]) {
    attempt();
    const path = findBrowser();
    if (path !== undefined) return path;
  }
  throw new Error(remedy);
}

function playwright(): void {
  console.log('No Chromium or Chrome here: trying Playwright’s download.');
  tryRun(process.execPath, [`${root}/node_modules/playwright-core/cli.js`, 'install', 'chromium'], {
    PLAYWRIGHT_DOWNLOAD_CONNECTION_TIMEOUT: '20000',
  });
}

function debian(): void {
  if (process.getuid?.() !== 0 || !existsSync('/etc/debian_version')) return;
  console.log('Trying Debian’s package.');
  const quiet = { DEBIAN_FRONTEND: 'noninteractive' };
  if (tryRun('apt-get', ['update', '-q'], quiet) === 0) {
    tryRun('apt-get', ['install', '-y', '-q', '--no-install-recommends', 'chromium'], quiet);
  }
}
