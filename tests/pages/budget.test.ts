import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Browser } from 'playwright-core';
import { launchBrowser } from '../support/browser.ts';
import { settled } from './support/basics.ts';
import { busyApi } from './support/invented-api.ts';
import { builtFiles, servePage, type PageServer } from './support/page-server.ts';

const BUDGET = 150_000;

describe('the JavaScript of a first visit', () => {
  let browser: Browser;
  let server: PageServer;
  beforeAll(async () => {
    server = await servePage(busyApi());
    browser = await launchBrowser();
  });
  afterAll(async () => {
    await browser.close();
    await server.close();
  });

  it.each(['/', '/jobs', '/jobs/alvis/4182931', '/nodes/alvis4-12', '/diagnose'])('is at most 150 kB gzipped on %s', async (path) => {
    const page = await browser.newPage();
    const files = new Set<string>();
    page.on('request', (request) => {
      const { pathname } = new URL(request.url());
      if (pathname.endsWith('.js')) files.add(pathname);
    });
    await page.goto(server.url + path);
    await page.waitForFunction(() => document.querySelector('main h1') !== null);
    await settled(page);
    await page.close();
    const built = builtFiles();
    const bytes = [...files].reduce((sum, file) => sum + gzipSync(built.get(file) ?? '').length, 0);
    console.log(`${path}: ${(bytes / 1000).toFixed(1)} kB gzipped JavaScript in ${files.size} files (budget ${BUDGET / 1000})`);
    expect(files.size).toBeGreaterThan(1);
    expect(bytes).toBeLessThanOrEqual(BUDGET);
  });
});
