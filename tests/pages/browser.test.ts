import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Browser } from 'playwright-core';
import { preview } from 'vite';
import type { PreviewServer } from 'vite';
import { fileURLToPath } from 'node:url';
import { launchBrowser } from '../support/browser.ts';

describe('the built page', () => {
  let browser: Browser;
  let server: PreviewServer;

  beforeAll(async () => {
    const outDir = fileURLToPath(new URL('../../dist/web', import.meta.url));
    server = await preview({
      configFile: false,
      root: fileURLToPath(new URL('../../web', import.meta.url)),
      build: { outDir },
      preview: { host: '127.0.0.1', port: 0 },
      logLevel: 'warn',
    });
    browser = await launchBrowser();
  });

  afterAll(async () => {
    await browser.close();
    await server.close();
  });

  it('names itself, and loads nothing from another host', async () => {
    const page = await browser.newPage();
    const hosts = new Set<string>();
    page.on('request', (request) => hosts.add(new URL(request.url()).hostname));
    await page.goto(server.resolvedUrls?.local[0] ?? server.resolvedUrls?.network[0] ?? '');
    expect(await page.title()).toContain('Headroom');
    expect([...hosts]).toEqual(['127.0.0.1']);
  });
});
