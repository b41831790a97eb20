import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Browser } from 'playwright-core';
import { launchBrowser } from '../support/browser.ts';
import { faultsOf, settled, watchErrors } from './support/basics.ts';
import { NOW } from './support/fixtures.ts';
import { busyApi, emptyApi, failingApi } from './support/invented-api.ts';
import { servePage, type PageServer } from './support/page-server.ts';

const OUT = join(import.meta.dirname, '../output/pages');
const PAGES = [
  ['overview', '/'],
  ['jobs', '/jobs'],
  ['job', '/jobs/alvis/4182931'],
  ['nodes', '/nodes'],
  ['node', '/nodes/alvis4-12'],
  ['diagnose', '/diagnose'],
] as const;
const SCREENS = (['light', 'dark'] as const).flatMap((scheme) =>
  (
    [
      ['wide', 1320],
      ['phone', 390],
    ] as const
  ).map(([name, width]) => ({ scheme, name, width })),
);

describe('every page', () => {
  let browser: Browser;
  let server: PageServer;

  beforeAll(async () => {
    mkdirSync(OUT, { recursive: true });
    server = await servePage(busyApi());
    server.now = () => NOW;
    browser = await launchBrowser();
  });
  afterAll(async () => {
    await browser.close();
    await server.close();
  });

  async function open(
    path: string,
    { scheme, width, name }: (typeof SCREENS)[number],
    picture: string,
    expected: readonly string[] = [],
  ): Promise<{ errors: string[]; faults: string[]; text: string }> {
    const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme: scheme });
    const errors = watchErrors(page, expected);
    await page.goto(server.url + path);
    await page.waitForFunction(() => document.title !== 'Headroom' && document.querySelector('main h1') !== null);
    await settled(page);
    const faults = await faultsOf(page);
    const text = await page.locator('main').innerText();
    await page.screenshot({ path: join(OUT, `${picture}-${scheme}-${name}.png`), fullPage: true });
    await page.close();
    return { errors, faults, text };
  }

  it.each([390, 800, 1061])('shows the findings of a list at %i px', async (width) => {
    const page = await browser.newPage({ viewport: { width, height: 900 } });
    await page.goto(server.url + '/jobs');
    await settled(page);
    const tag = page.locator('.row .findings .tag.warn').first();
    await tag.waitFor({ state: 'visible' });
    const box = await tag.boundingBox();
    expect((box?.width ?? 0) > 30 && (box?.x ?? width) + (box?.width ?? 0) <= width).toBe(true);
    await page.screenshot({ path: join(OUT, `jobs-findings-${width}.png`) });
    await page.close();
  });

  for (const screen of SCREENS) {
    it.each(PAGES)(`with much data is sound, ${screen.scheme}, ${screen.name}: %s`, async (name, path) => {
      server.api = busyApi();
      expect(await open(path, screen, name)).toMatchObject({ errors: [], faults: [] });
    });
  }

  it.each(PAGES)('with no data teaches the next step: %s', async (name, path) => {
    server.api = emptyApi;
    const screen = { scheme: 'light', name: 'wide', width: 1320 } as const;
    const { errors, faults, text } = await open(path, screen, `empty-${name}`, name === 'node' ? ['404'] : []);
    expect({ errors, faults }).toEqual({ errors: [], faults: [] });
    const step = {
      overview: 'npx --no-install headroom agent --server',
      jobs: 'curl -sS -T -',
      job: 'Start an agent on its nodes',
      nodes: 'headroom-record --out run1',
      node: 'Look elsewhere',
      diagnose: 'Drop recorded logs here',
    }[name];
    expect(text).toContain(step);
  });

  it.each(PAGES.filter(([name]) => name !== 'diagnose'))('in trouble says what happened and what to do: %s', async (name, path) => {
    server.api = failingApi(503);
    for (const screen of [{ scheme: 'dark', name: 'phone', width: 390 } as const]) {
      const { errors, faults, text } = await open(path, screen, `trouble-${name}`, ['503']);
      expect({ errors, faults }).toEqual({ errors: [], faults: [] });
      expect(text).toContain('The store is being restarted');
      expect(text).toContain('Try again in a few seconds');
    }
  });

  it('has a page for an address that there is none at', async () => {
    server.api = busyApi();
    const { errors, faults, text } = await open('/no/such/page', SCREENS[0] ?? { scheme: 'light', name: 'wide', width: 1320 }, 'missing');
    expect({ errors, faults }).toEqual({ errors: [], faults: [] });
    expect(text).toContain('There is no page at this address');
  });

  it('asks nothing of another host', async () => {
    server.api = busyApi();
    const page = await browser.newPage();
    const hosts = new Set<string>();
    page.on('request', (request) => hosts.add(new URL(request.url()).host));
    for (const [, path] of PAGES) await page.goto(server.url + path, { waitUntil: 'load' });
    await page.close();
    expect([...hosts]).toEqual([new URL(server.url).host]);
  });
});
