import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Browser, BrowserContext } from 'playwright-core';
import { launchBrowser } from '../support/browser.ts';
import { dataFolder, removeFolders, startService, type TestService } from '../support/service.ts';
import { faultsOf, watchErrors } from './support/basics.ts';

/** Ten minutes of a busy A40 with a gap in the middle, as `nvidia-smi --query-gpu … --format=csv` prints them. */
const BUSY = [
  'timestamp, index, uuid, name, utilization.gpu [%], utilization.memory [%], memory.used [MiB], memory.total [MiB], power.draw [W], enforced.power.limit [W]',
]
  .concat(
    Array.from({ length: 600 }, (_, n) => n)
      .filter((n) => n < 280 || n >= 340)
      .map(
        (n) =>
          `2026/03/01 10:${String(Math.floor(n / 60)).padStart(2, '0')}:${String(n % 60).padStart(2, '0')}.000, 0, GPU-11111111-2222-3333-4444-555555555555, NVIDIA A40, 97 %, 88 %, 40000 MiB, 46068 MiB, ${(250 + (n % 7)).toFixed(2)} W, 300.00 W`,
      ),
  )
  .join('\n');

describe('the page of a new service', () => {
  let service: TestService;
  let browser: Browser;
  let context: BrowserContext;

  beforeAll(async () => {
    service = await startService({ data: dataFolder() });
    browser = await launchBrowser();
    context = await browser.newContext({ viewport: { width: 1320, height: 900 }, timezoneId: 'UTC' });
  });
  afterAll(async () => {
    await browser.close();
    await service.stop();
    removeFolders();
  });

  it('says how to sign in to somebody whom it does not know', async () => {
    const page = await (await browser.newContext()).newPage();
    const errors = watchErrors(page, ['401']);
    await page.goto(service.address);
    await page.getByText('not signed in').first().waitFor();
    await page.getByText(/Open the address that the server printed/).waitFor();
    expect({ errors, faults: await faultsOf(page) }).toEqual({ errors: [], faults: [] });
    await page.close();
  });

  it('is opened by the printed address, and makes a token that works', async () => {
    const page = await context.newPage();
    const errors = watchErrors(page);
    await page.goto(service.running.url);
    await page.getByText('Nothing reports here yet').waitFor();
    expect(page.url()).not.toContain('token=');
    await page.getByRole('button', { name: 'Make a token for the commands below' }).click();
    await page.getByText('It is shown this once.').waitFor();
    const token = /--token (\S+)/.exec(await page.locator('code').first().innerText())?.[1] ?? '';
    const sent = await fetch(`${service.address}/api/ingest`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify({
        source: 'test',
        seq: 0,
        node: 'n1',
        blocks: [{ entity: { kind: 'host', id: 'n1' }, t: [Date.now() / 1000], columns: { 'host.cpu': [0.5], 'host.cores': [64] } }],
      }),
    });
    expect(sent.status).toBe(200);
    await page.getByText('One node reports').waitFor();
    await page.getByRole('link', { name: 'Nodes' }).first().click();
    await page.getByRole('link', { name: 'n1' }).click();
    await page.getByText('no job holds this node').waitFor();
    await page.locator('.panels [data-panel=cpu]').waitFor();
    expect({ errors, faults: await faultsOf(page) }).toEqual({ errors: [], faults: [] });
    await page.close();
  });

  it('stays signed in through a reload and in a second tab; its cookie alone opens nothing; signing out ends both tabs', async () => {
    const [first, second] = [await context.newPage(), await context.newPage()];
    for (const page of [first, second]) {
      await page.goto(service.address);
      await page.reload();
      await page.getByText('One node reports').waitFor();
      await page.locator('.live[data-state=live]').waitFor();
    }
    const cookies = (await context.cookies()).map(({ name, value }) => `${name}=${value}`).join('; ');
    expect(cookies).toContain('headroom-');
    expect((await fetch(`${service.address}/api/overview`, { headers: { cookie: cookies } })).status).toBe(401);
    await first.goto(`${service.address}/api/docs`);
    await first.getByText('Store a batch of readings').first().waitFor();

    await second.getByRole('button', { name: 'Sign out' }).click();
    await second.getByText('not signed in').first().waitFor();
    await first.goto(service.address);
    await first.getByText('not signed in').first().waitFor();
    expect(await first.evaluate(() => localStorage.getItem('headroom.session'))).toBeNull();

    // Opened where the page stands already, a printed address changes the fragment only; a used one says so.
    const token = await service.running.service.store.tokens.issue({ scope: { kind: 'page' }, name: 'page', expires: null });
    await first.goto(`${service.address}/#token=${token}`);
    await first.getByText('One node reports').waitFor();
    expect(first.url()).toBe(`${service.address}/`);
    const stranger = await (await browser.newContext()).newPage();
    await stranger.goto(`${service.address}/#token=${token}`);
    await stranger.getByText('This address works once').waitFor();
    for (const page of [first, second, stranger]) await page.close();
  });

  it('keeps a diagnosis as a job, whose page then says the same', async () => {
    const page = await context.newPage();
    const errors = watchErrors(page);
    await page.goto(`${service.address}/diagnose`);
    await page.getByLabel('Recorded files', { exact: true }).setInputFiles([{ name: 'gpu.csv', mimeType: 'text/csv', buffer: Buffer.from(BUSY) }]);
    const headline = await page.locator('.big').innerText();
    await page.getByRole('button', { name: 'Store as a job …' }).click();
    await page.getByLabel('Job id').fill('kept-1');
    await page.getByLabel('Name', { exact: true }).fill('an old run');
    await page.getByRole('button', { name: 'Send the readings to this server' }).click();
    await page.getByRole('link', { name: 'Open job kept-1' }).click();
    await page.waitForURL('**/jobs/*/kept-1');
    await page.locator('h1', { hasText: 'an old run' }).waitFor();
    await page.locator('.big', { hasText: headline }).waitFor();
    await page.locator('.panels [data-panel=power] .now', { hasText: /mean 25\d of 300 W/ }).waitFor();
    expect({ errors, faults: await faultsOf(page) }).toEqual({ errors: [], faults: [] });
    await page.goto(`${service.address}/jobs?q=old`);
    await page.getByText('1 job', { exact: true }).waitFor();
    await page.close();
  });
});
