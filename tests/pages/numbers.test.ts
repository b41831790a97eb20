// Past the door of server/demo: each of its scenarios is opened, a new one too.
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Browser, Page } from 'playwright-core';
import { headline, type JobRow, type JobsPage, markedTime, type Overview } from '../../core/contract/index.ts';
import { SCENARIOS } from '../../server/demo/scenarios/index.ts';
import { launchBrowser } from '../support/browser.ts';
import { dataFolder, removeFolders, startService, type TestService } from '../support/service.ts';
import { watchErrors } from './support/basics.ts';
import { contradictionsOf } from './support/contradictions.ts';
import { readPage } from './support/read-page.ts';

/** One text of a page, what it is changed to, and what is then found. */
const CHANGES: readonly (readonly [selector: string, text: string, found: RegExp])[] = [
  ['.verdict .figures dd', '1.40 of 1.24 TB/s', /^1\.4 of 1\.24 TB\/s is over the ceiling$/],
  ['.verdict .figures dd', '0.21 of 1.24 TB/s', /^memory bandwidth, figure and share: 16\.9 % and /],
  ['.verdict .figures div:nth-child(2) dd', '31 of 271 TFLOP/s', /^compute, figure and share: /],
  ['.verdict dd.value', '120 %', /^120 % is more than everything$/],
  ['.verdict dd.value', '31 %', /^Memory bandwidth, sentence and share: /],
  ['.verdict dd.value', '32 %', /^Memory bandwidth, time bar and share: /],
  ['.verdict dd.value', '33 %', /^headroom and the share of what limits: /],
  ['.verdict .numbers', 'headroom 0.83 ×', /^headroom 0\.83 × is less than none$/],
  ['.verdict ol li', 'up to 0.9 ×', /^a gain of 0\.9 × is a loss$/],
  ['.verdict .evidence', 'NaN tokens/s', /^“NaN” is printed$/],
  ['.verdict .bar', 'Where the time goes: busy, memory bandwidth 20 %, empty, host 80 %', /^GPU busy with the empty time: /],
  ['.verdict .bar', 'Where the time goes: busy, memory bandwidth 20 %, empty, host 6 %', /^the time bar in all: 26\.0 % and 100\.0 %$/],
  [
    '.verdict .bar',
    'Where the time goes: busy, memory bandwidth 85 %, empty, memory bandwidth 9 %, empty, cause not known 6 %',
    /^“empty, memory bandwidth” beside “empty, cause not known”$/,
  ],
  ['.verdict .big', 'Idle', /^“Idle” beside “busy, memory bandwidth /],
  ['.verdict .big', 'Cannot tell', /^“Cannot tell” beside a headroom of /],
  ['.verdict .big', 'Hung: no progress', /^“Hung: no progress” beside “Try next/],
];

describe('the numbers of a page', () => {
  let service: TestService;
  let browser: Browser;
  let rows: ReadonlyMap<string, JobRow>;

  beforeAll(async () => {
    service = await startService({ data: dataFolder(), demo: true });
    browser = await launchBrowser();
    const judged = async () => {
      const { running } = await service.get<Overview>('/api/overview');
      rows = new Map(running.filter(({ ribbon }) => ribbon.length > 0).map((row) => [row.job.name, row]));
      return SCENARIOS.every(({ name }) => rows.has(name));
    };
    await vi.waitUntil(judged, { timeout: 500_000, interval: 1000 });
  });
  afterAll(async () => {
    await browser.close();
    await service.stop();
    removeFolders();
  });

  async function open(path: string): Promise<{ page: Page; errors: string[] }> {
    const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
    const errors = watchErrors(page);
    await page.goto(service.address + path);
    return { page, errors };
  }
  const rowOf = async ({ job }: JobRow): Promise<JobRow> => {
    const { rows: found } = await service.get<JobsPage>(`/api/jobs?q=${job.id}`);
    const row = found.find((one) => one.job.id === job.id);
    if (row === undefined) throw new Error(`the list has no job ${job.id}`);
    return row;
  };
  /** A headline without its times and what only a whole verdict tells. */
  const plain = (heading: string): string => heading.replace(/ (?:since )?\d\d:\d\d(?:–\d\d:\d\d)?/, '').replace(/, [\w ()]+-leaning/, '');
  const listed = (row: JobRow): string =>
    plain(
      headline({ ...row, lean: null, marked: markedTime(row.ribbon, { bottleneck: row.bottleneck, running: row.job.state === 'running' }) }, () => '00:00'),
    );

  it.each(SCENARIOS.map(({ name }) => name))('agree with each other, with their ceilings and with the label, of the demo’s %s', async (name) => {
    const row = rows.get(name);
    if (row === undefined) throw new Error(`the demo has no job ${name}`);
    const { page, errors } = await open(`/jobs/${row.job.cluster}/${row.job.id}`);
    await page.locator('.verdict .big').waitFor();
    await page.locator('.panels [data-panel=busy] .now').waitFor();
    const told = await readPage(page);
    expect({ contradictions: contradictionsOf(told), errors }).toEqual({ contradictions: [], errors: [] });
    // What has to be there to be compared.
    expect([told.shares.size > 0, told.time.size > 0, told.table.size > 0, told.pairs.length > 5]).toEqual([true, true, true, true]);
    const apart = async () => {
      const [heading, inList] = [plain(await page.locator('.verdict .big').innerText()), listed(await rowOf(row))];
      return heading === inList ? null : { heading, inList };
    };
    await expect.poll(apart, { interval: 500 }).toBeNull();
    await page.close();
  });

  it('are found to disagree on a copy of a page in which one of them is changed', async () => {
    const row = rows.get('llama70b-serve');
    const { page } = await open(`/jobs/alvis-demo/${row?.job.id ?? ''}`);
    await page.locator('.verdict .big', { hasText: 'Memory bandwidth: decode' }).waitFor();
    const copy = await page.locator('main').evaluate((main) => main.outerHTML);
    await page.close();
    const still = await browser.newPage();
    const found: Record<string, readonly string[]> = {};
    for (const [selector, text] of CHANGES) {
      await still.setContent(copy);
      await still
        .locator(selector)
        .first()
        .evaluate((element, to) => (element.role === 'img' ? element.setAttribute('aria-label', to) : (element.textContent = to)), text);
      found[text] = contradictionsOf(await readPage(still));
    }
    await still.setContent(copy);
    expect(contradictionsOf(await readPage(still))).toEqual([]);
    expect(found).toEqual(Object.fromEntries(CHANGES.map(([, text, contradiction]) => [text, expect.arrayContaining([expect.stringMatching(contradiction)])])));
    await still.close();
  });
});
