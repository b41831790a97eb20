import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Browser, Page } from 'playwright-core';
import { launchBrowser } from '../support/browser.ts';
import { settled, watchErrors } from './support/basics.ts';
import { NOW } from './support/fixtures.ts';
import { busyApi } from './support/invented-api.ts';
import { servePage, type PageServer } from './support/page-server.ts';

const WORDS = [
  ['/jobs/alvis/4182931', 'headroom', 'How many times faster the job could go'],
  ['/jobs/alvis/4182931', 'relief', 'if this limit were gone'],
  ['/jobs/alvis/4182931', 'grade', 'How far the evidence carries the verdict'],
  ['/jobs/alvis/4182931', 'Evidence', 'What the verdict rests on. A: '],
  ['/', 'Underused', 'busy for less than 40 % of the time'],
] as const;

describe('a word of our own is explained where it stands', () => {
  let browser: Browser;
  let server: PageServer;
  beforeAll(async () => {
    server = await servePage(busyApi());
    server.now = () => NOW;
    browser = await launchBrowser();
  });
  afterAll(async () => {
    await browser.close();
    await server.close();
  });

  const isInside = async (page: Page, text: string): Promise<boolean> => {
    const box = await page.getByText(text).boundingBox();
    const { width, height } = page.viewportSize() ?? { width: 0, height: 0 };
    return box !== null && box.x >= 0 && box.y >= 0 && box.x + box.width <= width && box.y + box.height <= height;
  };

  it.each(WORDS)('by the keyboard, on %s: %s', async (path, word, text) => {
    const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
    const errors = watchErrors(page);
    await page.goto(server.url + path);
    const button = page.getByRole('button', { name: word, exact: true }).first();
    await button.focus();
    expect(await page.getByText(text).count()).toBe(0);
    await page.keyboard.press('Enter');
    await page.getByText(text).waitFor();
    expect(await button.getAttribute('aria-expanded')).toBe('true');
    expect(await isInside(page, text)).toBe(true);
    await page.keyboard.press('Escape');
    await page.getByText(text).waitFor({ state: 'hidden' });
    expect(await button.getAttribute('aria-expanded')).toBe('false');
    expect(errors).toEqual([]);
    await page.close();
  });

  it.each(WORDS)('by touch on a phone, on %s: %s', async (path, word, text) => {
    const context = await browser.newContext({ viewport: { width: 390, height: 800 }, hasTouch: true });
    const page = await context.newPage();
    await page.goto(server.url + path);
    await settled(page);
    await page.getByRole('button', { name: word, exact: true }).first().tap();
    await page.getByText(text).waitFor();
    expect(await isInside(page, text)).toBe(true);
    await context.close();
  });
});
