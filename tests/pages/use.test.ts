import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Browser, Page } from 'playwright-core';
import { launchBrowser } from '../support/browser.ts';
import { still, watchErrors } from './support/basics.ts';
import { detail, NOW, phases, row, series } from './support/fixtures.ts';
import { busyApi, emptyApi } from './support/invented-api.ts';
import { servePage, type PageServer } from './support/page-server.ts';

describe('using the pages', () => {
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

  async function open(path: string): Promise<{ page: Page; errors: string[] }> {
    server.api = busyApi();
    const page = await browser.newPage({ viewport: { width: 1320, height: 900 } });
    const errors = watchErrors(page);
    await page.goto(server.url + path);
    await page.locator('main h1').first().waitFor({ state: 'attached' });
    return { page, errors };
  }

  it('zooms every chart by a click on a phase, keeps it in the address, and goes back', async () => {
    const { page, errors } = await open('/jobs/alvis/4182931');
    await page.locator('[data-panel=busy]').waitFor();
    const decode = phases(NOW - 11_520)[4];
    await page.getByRole('button', { name: /^decode, memory bandwidth/ }).click();
    await page.waitForURL(`**/jobs/alvis/4182931?from=${decode?.from}&to=${decode?.to}`);
    await page.getByText('What limited this phase').waitFor();
    expect(server.asked.at(-1)).toContain(`from=${decode?.from}&to=${decode?.to}`);
    const address = page.url();
    await page.goBack();
    await page.getByText('What limits it now').waitFor();
    expect(page.url()).toBe(`${server.url}/jobs/alvis/4182931`);
    // The pasted address shows the same stretch.
    await page.goto(address);
    await page.getByText('What limited this phase').waitFor();
    await page.getByRole('button', { name: 'Show the whole run' }).click();
    await page.getByText('What limits it now').waitFor();
    expect(errors).toEqual([]);
    await page.close();
  });

  it('leaves the zoom by Escape, after the crosshair', async () => {
    const { page, errors } = await open('/jobs/alvis/4182931');
    await page.locator('[data-panel=busy]').waitFor();
    await page.getByRole('button', { name: /^decode, memory bandwidth/ }).click();
    await page.getByText('What limited this phase').waitFor();
    await page.locator('[data-panel=busy] [role=img]').focus();
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('Escape');
    expect(await page.locator('.hair').count()).toBe(0);
    expect(page.url()).toContain('?from=');
    await page.keyboard.press('Escape');
    await page.getByText('What limits it now').waitFor();
    expect(page.url()).toBe(`${server.url}/jobs/alvis/4182931`);
    expect(errors).toEqual([]);
    await page.close();
  });

  it('finds the list where it was after a job: its filters, its pages and the place in them', async () => {
    const { page, errors } = await open('/jobs?bottleneck=memory');
    await page.getByText('5000 jobs').waitFor();
    const far = page.locator('[role=listitem][aria-posinset="340"]');
    await expect
      .poll(async () => {
        await page.evaluate(() => scrollTo(0, 340 * 64 - 300));
        return far.count();
      })
      .toBe(1);
    await still(page);
    const before = await far.boundingBox();
    const asked = server.asked.length;
    await far.locator('a').click();
    await page.waitForURL('**/jobs/alvis/41803**');
    await page.locator('main h1').first().waitFor({ state: 'attached' });
    await page.goBack();
    await page.waitForURL('**/jobs?bottleneck=memory');
    await far.waitFor();
    await still(page);
    expect(await far.boundingBox()).toEqual(before);
    expect(server.asked.slice(asked).filter((one) => one.includes('/api/jobs?'))).toEqual([]);
    // A link is no way back: it begins at the top.
    await page.getByRole('link', { name: 'Overview' }).click();
    await page.getByRole('link', { name: 'Jobs', exact: true }).click();
    await page.getByText('5000 jobs').waitFor();
    expect(await page.evaluate(() => scrollY)).toBe(0);
    expect(errors).toEqual(errors.filter((error) => error.includes('404'))); // the invented service has one job of these
    await page.close();
  });

  it('draws an idle phase that is zoomed on an axis of whole tokens, not of a billionth', async () => {
    const { page, errors } = await open('/jobs/alvis/4182931');
    await page.locator('[data-panel=busy]').waitFor();
    // What a canvas writes, it writes by fillText.
    await page.evaluate(() => {
      const write = CanvasRenderingContext2D.prototype.fillText;
      CanvasRenderingContext2D.prototype.fillText = function (text: string, ...rest) {
        const seen = document.documentElement;
        seen.dataset['written'] = `${seen.dataset['written'] ?? ''}|${text}`;
        write.call(this, text, ...rest);
      };
    });
    // Nothing at all is generated in it, at its edges neither.
    const busy = busyApi();
    server.api = (path, query, body, method) => {
      if (!path.endsWith('/series')) return busy(path, query, body, method);
      const reply = series(query);
      const none = (values: readonly (number | null)[]) => values.map(() => 0);
      const still = reply.series.map((one) =>
        one.metric === 'engine.generationRate' ? { ...one, mean: none(one.mean), min: none(one.min), max: none(one.max) } : one,
      );
      return { json: { ...reply, series: still } };
    };
    await page.getByRole('button', { name: /^idle/ }).click();
    await page.waitForURL('**?from=*');
    await page.getByText('What limited this phase').waitFor();
    await page.locator('[data-panel=tokens] .now', { hasText: 'mean' }).waitFor();
    await still(page);
    const written = await page.evaluate(() => document.documentElement.dataset['written'] ?? '');
    expect(written).toContain('|75 %');
    expect(written).not.toMatch(/e-\d|0\.000/);
    expect(errors).toEqual([]);
    await page.close();
  });

  it('says beside the verdict how much of a job its telemetry covers', async () => {
    const { page } = await open('/');
    const busy = busyApi();
    const half = detail();
    server.api = (path, query, body, method) =>
      path === '/api/jobs/alvis/4182931' ? { json: { ...half, job: { ...half.job, start: NOW - 2 * 11_520 } } } : busy(path, query, body, method);
    await page.goto(`${server.url}/jobs/alvis/4182931`);
    await page.getByText(/^Telemetry covers 3 h 12 min of the job’s 6 h 24 min/).waitFor();
    server.api = busy;
    await page.goto(`${server.url}/jobs/alvis/4182931`);
    await page.locator('.verdict .big').waitFor();
    expect(await page.getByText(/^Telemetry covers/).count()).toBe(0);
    await page.close();
  });

  it('fetches further series when somebody looks, for the stretch that is shown', async () => {
    const { page, errors } = await open('/jobs/alvis/4182931');
    await page.locator('[data-panel=busy]').waitFor();
    expect(server.asked.filter((one) => one.includes('gpu.memTemp'))).toEqual([]);
    await page.getByText('1 more series').click();
    await page.locator('[data-panel="gpu.memTemp"]').waitFor();
    expect(await page.locator('[data-panel="gpu.memTemp"] .now').innerText()).toMatch(/^last 5 min 7\d\.\d °C$/);
    await page.getByRole('button', { name: /^prefill, compute/ }).click();
    await page.locator('[data-panel="gpu.memTemp"] .now', { hasText: /mean 8\d\.\d °C/ }).waitFor();
    expect(errors).toEqual([]);
    await page.close();
  });

  it('zooms by dragging over a chart', async () => {
    const { page } = await open('/jobs/alvis/4182931');
    await page.locator('[data-panel=busy]').scrollIntoViewIfNeeded();
    await still(page);
    const box = await page.locator('[data-panel=busy] [role=img]').boundingBox();
    if (box === null) throw new Error('no chart');
    await page.mouse.move(box.x + box.width * 0.25, box.y + 20);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.75, box.y + 20, { steps: 5 });
    await page.mouse.up();
    await page.waitForURL('**?from=*');
    const query = new URL(page.url()).searchParams;
    const length = Number(query.get('to')) - Number(query.get('from'));
    expect(length).toBeGreaterThan(11_520 * 0.45);
    expect(length).toBeLessThan(11_520 * 0.55);
    await page.close();
  });

  it('shares one crosshair between charts, moved by the arrow keys', async () => {
    const { page } = await open('/jobs/alvis/4182931');
    await page.locator('[data-panel=busy] [role=img]').focus();
    for (let step = 0; step < 3; step += 1) await page.keyboard.press('ArrowLeft');
    expect(await page.locator('.hair').count()).toBeGreaterThan(10);
    const power = await page.locator('[data-panel=power] .now').innerText();
    for (let step = 0; step < 60; step += 1) await page.keyboard.press('ArrowLeft');
    expect(await page.locator('[data-panel=power] .now').innerText()).not.toBe(power);
    await page.keyboard.press('Escape');
    expect(await page.locator('.hair').count()).toBe(0);
    await page.close();
  });

  it('is used with the keyboard alone: skip link, navigation, a job', async () => {
    const { page } = await open('/');
    await page.keyboard.press('Tab');
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Skip to content');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Tab');
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Underused');
    await page.keyboard.press('Tab');
    expect(await page.evaluate(() => document.activeElement?.getAttribute('href'))).toBe('/jobs/alvis/4180000');
    await page.keyboard.press('Enter');
    await page.waitForURL('**/jobs/alvis/4180000');
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('main');
    await page.close();
  });

  it('scrolls through 5,000 jobs with few of them in the document', async () => {
    const { page, errors } = await open('/jobs');
    await page.getByText('5000 jobs').waitFor();
    const scrolled = async () => {
      await page.evaluate(() => scrollTo(0, document.body.scrollHeight));
      return page.getByText(row(4999).job.name, { exact: true }).count();
    };
    await expect.poll(scrolled).toBeGreaterThan(0);
    expect(await page.locator('[role=listitem]').count()).toBeLessThan(80);
    expect(await page.locator('[role=listitem]').last().getAttribute('aria-posinset')).toBe('5000');
    expect(errors).toEqual([]);
    await page.close();
  });

  it('filters the jobs by the address, and the address by the filters', async () => {
    const { page } = await open('/jobs?bottleneck=memory');
    await page.getByText('5000 jobs').waitFor();
    expect(server.asked.filter((one) => one.includes('/api/jobs?')).at(-1)).toContain('bottleneck=memory');
    await page.getByLabel('Search').fill('offload');
    await page.getByText('1 job', { exact: true }).waitFor();
    expect(new URL(page.url()).search).toBe('?bottleneck=memory&q=offload');
    await page.getByRole('button', { name: 'Clear filters' }).click();
    await page.getByText('5000 jobs').waitFor();
    expect(new URL(page.url()).search).toBe('');
    await page.close();
  });

  it('keeps a chosen theme over a visit, without a flash of the other', async () => {
    const { page } = await open('/');
    const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    expect(await ground()).toBe('rgb(246, 247, 249)');
    await page.getByRole('button', { name: /^Theme: auto/ }).click();
    await page.getByRole('button', { name: /^Theme: light/ }).click();
    expect(await ground()).toBe('rgb(16, 19, 23)');
    await page.goto(`${server.url}/jobs`, { waitUntil: 'commit' });
    await page.waitForFunction(() => document.documentElement.dataset['theme'] === 'dark');
    await page.locator('main h1').first().waitFor({ state: 'attached' });
    expect(await ground()).toBe('rgb(16, 19, 23)');
    await page.close();
  });

  it('makes a token for the commands of an empty page', async () => {
    const { page } = await open('/');
    server.api = emptyApi;
    await page.goto(server.url);
    await page.getByRole('button', { name: 'Make a token for the commands below' }).click();
    await page.getByText(`npx --no-install headroom agent --server ${server.url} --token hr_secret`).waitFor();
    await page.close();
  });

  it('says on every page that it is a demo', async () => {
    const { page } = await open('/');
    const busy = busyApi();
    server.api = (path, query, body, method) =>
      path === '/api/session'
        ? { json: { kind: 'visitor', name: 'visitor', demo: true, version: '0', cluster: 'alvis-demo' } }
        : busy(path, query, body, method);
    for (const path of ['/', '/jobs', '/jobs/alvis/4182931', '/nodes', '/nodes/alvis4-12', '/diagnose', '/nowhere']) {
      await page.goto(server.url + path);
      await page
        .getByText('This is a demo: a pretend cluster')
        .waitFor()
        .catch(() => {
          throw new Error(`no demo banner on ${path}`);
        });
    }
    await page.close();
  });
});
