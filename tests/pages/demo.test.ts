import { copyFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Browser, Page } from 'playwright-core';
import type { Overview } from '../../core/contract/index.ts';
import { launchBrowser } from '../support/browser.ts';
import { dataFolder, removeFolders, startService, type TestService } from '../support/service.ts';
import { faultsOf, settled, still, watchErrors } from './support/basics.ts';

const OUT = join(import.meta.dirname, '../output/demo');
/** Where the README's picture is kept; set to renew it: HEADROOM_SCREENSHOT=docs/screenshot.png npm test -- tests/pages/demo.test.ts */
const PICTURE = process.env['HEADROOM_SCREENSHOT'];

describe('the demo, in a browser', () => {
  let service: TestService;
  let browser: Browser;
  let overview: Overview;

  beforeAll(async () => {
    mkdirSync(OUT, { recursive: true });
    service = await startService({ data: dataFolder(), demo: true });
    browser = await launchBrowser();
    // The hour before now is written first; the jobs with telemetry have their phases then.
    const phased = async () => {
      overview = await service.get<Overview>('/api/overview');
      return overview.running.filter((row) => row.ribbon.length > 1).length;
    };
    await vi.waitUntil(async () => (await phased()) >= 4, { timeout: 500_000, interval: 1000 });
  });
  afterAll(async () => {
    await browser.close();
    await service.stop();
    removeFolders();
  });

  const jobPath = (name: string): string => {
    const row = overview.running.find(({ job }) => job.name === name);
    if (row === undefined) throw new Error(`the demo has no job ${name}`);
    return `/jobs/${row.job.cluster}/${row.job.id}`;
  };
  async function open(path: string, options: { scheme?: 'light' | 'dark'; width?: number } = {}): Promise<{ page: Page; errors: string[] }> {
    const page = await browser.newPage({ viewport: { width: options.width ?? 1320, height: 900 }, colorScheme: options.scheme ?? 'light' });
    const errors = watchErrors(page);
    await page.goto(service.address + path);
    await page.locator('main h1').first().waitFor({ state: 'attached' });
    await page.getByText('This is a demo: a pretend cluster').waitFor();
    return { page, errors };
  }

  // The other combinations are looked at with invented data in looks.test.ts.
  it.each([
    ['light', 'wide', 1320],
    ['dark', 'phone', 390],
  ] as const)('is sound on every page, %s, %s', async (scheme, size, width) => {
    const node = overview.running[0]?.job.nodes[0] ?? '';
    for (const [name, path] of [
      ['overview', '/'],
      ['jobs', '/jobs'],
      ['job', jobPath('llama70b-serve')],
      ['nodes', '/nodes'],
      ['node', `/nodes/${node}`],
      ['diagnose', '/diagnose'],
    ] as const) {
      const { page, errors } = await open(path, { scheme, width });
      await settled(page);
      expect({ name, errors, faults: await faultsOf(page) }).toEqual({ name, errors: [], faults: [] });
      await page.screenshot({ path: join(OUT, `${name}-${scheme}-${size}.png`), fullPage: name !== 'nodes' });
      await page.close();
    }
  });

  it('shows a serving job with verdict, phases, series against their ceilings, and live readings', async () => {
    const { page, errors } = await open(jobPath('llama70b-serve'));
    await page.locator('.big', { hasText: /Memory bandwidth|Compute|Idle/ }).waitFor();
    expect(await page.locator('.evidence').innerText()).toMatch(/^Evidence A · grade 0\.\d\d — .*(dcgm|vllm)/);
    expect(await page.locator('.ribbon').first().locator('button').count()).toBeGreaterThan(1);
    for (const panel of ['busy', 'tensor', 'dram', 'power', 'gpu-memory', 'tokens', 'cpu-thread'])
      await page.locator(`.panels [data-panel=${panel}]`).waitFor();
    expect(await page.locator('[data-panel=dram] .limit').innerText()).toBe('1.24 TB/s practical');
    await expect.poll(() => page.locator('.strip .names li').count()).toBe(4);
    const tokens = await page.locator('[data-panel=tokens] .now').innerText();
    await expect.poll(() => page.locator('[data-panel=tokens] .now').innerText()).not.toBe(tokens);
    expect(errors).toEqual([]);
    await page.locator('.verdict ol li').first().waitFor();
    await page.setViewportSize({ width: 1320, height: 1190 });
    await still(page);
    await page.screenshot({ path: join(OUT, 'screenshot.png') });
    if (PICTURE !== undefined && PICTURE !== '') copyFileSync(join(OUT, 'screenshot.png'), PICTURE);
    await page.close();
  });

  it('names the jobs that need somebody, each with its finding', async () => {
    const { page } = await open('/');
    await page.locator('[role=listitem]', { hasText: 'jupyter' }).getByText('Held idle').first().waitFor();
    await page.locator('[role=listitem]', { hasText: 'finetune-stuck' }).getByText('Hung').first().waitFor();
    await page
      .locator('[role=listitem]', { hasText: 'hot-node' })
      .getByText(/Thermal slowdown/)
      .first()
      .waitFor();
    await page.close();
  });
});
