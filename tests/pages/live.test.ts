import { aVerdict } from '../support/analysis.ts';
import type { IngestBatch, WatchTarget } from '../../core/contract/index.ts';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Browser, Page } from 'playwright-core';
import { launchBrowser } from '../support/browser.ts';
import { settled, still, watchErrors } from './support/basics.ts';
import { analysis, decodeVerdict, detail, NOW, phases, row, valueOf } from './support/fixtures.ts';
import { busyApi } from './support/invented-api.ts';
import { servePage, type PageServer } from './support/page-server.ts';

const JOB = { kind: 'job', cluster: 'alvis', id: '4182931' } as const;
const ROOM = JSON.stringify(JOB);
/** Pretend seconds between samples, and real milliseconds that one takes. */
const PERIOD = 5;
const TICK_MS = 250;
/** How long the network is cut, in pretend seconds. */
const CUT = 600;

describe('a job’s page while the job runs', () => {
  let browser: Browser;
  let server: PageServer;
  let until = NOW;
  let clock: ReturnType<typeof setInterval>;

  const sample = (at: number): IngestBatch['blocks'] =>
    [0, 1, 2, 3].map((index) => ({
      entity: { kind: 'gpu', id: `GPU-0000000${index}-aaaa`, node: 'alvis4-12' },
      t: [at],
      columns: { 'gpu.grActive': [valueOf('gpu.grActive', index, at)], 'gpu.smClock': [valueOf('gpu.smClock', index, at)] },
    }));

  beforeAll(async () => {
    server = await servePage(busyApi(() => until));
    server.now = () => until;
    browser = await launchBrowser();
    clock = setInterval(() => {
      until += PERIOD;
      server.io.to(ROOM).emit('readings', { room: ROOM, blocks: sample(until) });
    }, TICK_MS);
  });
  afterAll(async () => {
    clearInterval(clock);
    await browser.close();
    await server.close();
  });

  /** Times of one GPU's readings as the page holds them, from its own CSV. */
  async function held(page: Page): Promise<number[]> {
    const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Save as CSV' }).click()]);
    const rows = readFileSync(await download.path(), 'utf8')
      .trim()
      .split('\n')
      .map((line) => line.split(','));
    return rows.filter(([, , id, , metric]) => id === 'GPU-00000000-aaaa' && metric === 'gpu.grActive').map(([at]) => Number(at));
  }

  it('says that the network is cut, for how long, and resumes with no gap and no doubled point', async () => {
    const page = await browser.newPage({ viewport: { width: 1320, height: 900 } });
    const errors = watchErrors(page, ['ERR_', 'WebSocket']);
    await page.goto(`${server.url}/jobs/alvis/4182931`);
    await page.locator('[data-panel=busy]').waitFor();
    await page.getByText(/^live/).first().waitFor();
    let before = NOW;
    const last = async () => (before = (await held(page)).at(-1) ?? 0);
    await expect.poll(last).toBeGreaterThan(NOW);

    await server.cut();
    await page
      .getByText(/no connection since \d\d:\d\d:\d\d, retrying/)
      .first()
      .waitFor();
    const atCut = until;
    await expect.poll(() => until, { interval: TICK_MS }).toBeGreaterThan(atCut + CUT);
    expect(await page.locator('.big').innerText()).toContain('Memory bandwidth'); // what was known stays
    await server.mend();
    await page.locator('header .live[data-state=live]').waitFor();
    const atMend = until;
    await expect.poll(async () => (await held(page)).at(-1)).toBeGreaterThan(atMend + 4 * PERIOD);

    const times = await held(page);
    expect(new Set(times).size).toBe(times.length);
    const tail = times.filter((at) => at >= before);
    expect(tail.length).toBeGreaterThan(CUT / PERIOD);
    expect(
      tail
        .slice(1)
        .map((at, index) => at - (tail[index] ?? 0))
        .filter((step) => step !== PERIOD),
    ).toEqual([]);
    expect(errors).toEqual([]);
    await page.close();
  });

  it('says of nothing that it is now or runs once the server is gone, and as of when it is', async () => {
    const page = await browser.newPage({ viewport: { width: 1320, height: 900 } });
    await page.goto(`${server.url}/jobs/alvis/4182931`);
    await page.getByText('What limits it now').waitFor();
    await page.getByText(/^live/).first().waitFor();
    await server.cut();
    await page.getByText(/^As of \d\d:\d\d:\d\d: the server cannot be reached/).waitFor();
    await page.getByText(/^What limited it at \d\d:\d\d:\d\d$/).waitFor();
    expect(await page.locator('main [data-state=running]').first().innerText()).toBe('was running');
    expect(await page.evaluate(() => getComputedStyle(document.querySelector('main') ?? document.body).filter)).toBe('grayscale(1)');
    const said = await page.locator('main').innerText();
    expect(said).not.toMatch(/\bnow\b/i);
    // A page whose program was never fetched is not told to be an update.
    await page.getByRole('link', { name: 'Nodes' }).click();
    await page.getByText('The server cannot be reached.', { exact: true }).waitFor();
    expect(await page.locator('main').innerText()).not.toContain('updated');
    await page.goBack();
    await server.mend();
    await page.locator('header .live[data-state=live]').waitFor();
    await page.getByText('What limits it now').waitFor();
    expect(await page.getByText(/^As of /).count()).toBe(0);
    await page.close();
  });

  it('tells of a job that recovered what its last phase says, with the figures of that phase', async () => {
    const page = await browser.newPage({ viewport: { width: 1320, height: 900 } });
    const api = server.api;
    const cool = { ...decodeVerdict(), figures: [{ label: 'Power', value: 300, unit: 'watts', ceiling: 400, source: 'nvidia-smi' }] };
    const hot = {
      ...decodeVerdict(),
      modifiers: ['thermal or brake slowdown 100 % of the busy time', 'clocks at 825 MHz of 1410 MHz'],
      figures: [{ label: 'Power', value: 213, unit: 'watts', ceiling: 400, source: 'nvidia-smi' }],
    };
    const life = [
      { from: NOW - 7200, to: NOW - 600, verdict: hot },
      { from: NOW - 600, to: NOW, verdict: cool },
    ];
    server.api = (path, query, body, method) =>
      path === '/api/jobs/alvis/4182931' ? { json: detail({ analysis: analysis({ verdict: hot, phases: life }) }) } : api(path, query, body, method);
    await page.goto(`${server.url}/jobs/alvis/4182931`);
    await page.getByText('What limits it now').waitFor();
    const card = await page.locator('.verdict').innerText();
    expect(card).toContain('300 of 400 W');
    expect(card).not.toMatch(/825 MHz|213 of|slowdown/);
    server.api = api;
    await page.close();
  });

  it('takes a new verdict and its phase as they come, without moving what stands around them', async () => {
    const page = await browser.newPage({ viewport: { width: 1320, height: 900 } });
    const watched = new Promise<void>((resolve) => {
      server.watched = () => resolve();
    });
    await page.goto(`${server.url}/jobs/alvis/4182931`);
    await page.locator('.big', { hasText: 'Memory bandwidth: decode' }).waitFor();
    await watched;
    await settled(page);
    const ribbonTop = (await page.locator('.ribbon').first().boundingBox())?.y;
    const last = phases(NOW - 11_520).at(-1);
    const host = { ...decodeVerdict(), bottleneck: 'host' as const };
    const at = until;
    const changed = [
      { from: last?.from ?? 0, to: at - 60, verdict: decodeVerdict() },
      { from: at - 60, to: at, verdict: host },
    ];
    // A new label makes the page ask for the rest of the analysis too, which says the same by then.
    const api = server.api;
    server.api = (path, query, body, method) =>
      path === '/api/jobs/alvis/4182931'
        ? { json: detail({ analysis: analysis({ to: at, verdict: host, phases: [...phases(NOW - 11_520).slice(0, 4), ...changed] }) }) }
        : api(path, query, body, method);
    const answered = page.waitForResponse((response) => response.url().endsWith('/api/jobs/alvis/4182931'));
    server.io.to(ROOM).emit('verdict', { cluster: 'alvis', id: '4182931', at, verdict: host, fromPhase: 4, phases: changed, findings: [] });
    await page.locator('.big', { hasText: 'Host: decode' }).waitFor();
    await (await answered).finished();
    await still(page);
    server.api = api;
    expect(
      await page
        .locator('.ribbon')
        .first()
        .locator('button')
        .evaluateAll((all) => all.map((one) => one.dataset['b'])),
    ).toEqual(['storage', 'compute', 'idle', 'balanced', 'memory', 'host']);
    expect((await page.locator('.ribbon').first().boundingBox())?.y).toBe(ribbonTop);
    await page.close();
  });

  it('shows the first verdict of a job that had none, by itself', async () => {
    const page = await browser.newPage();
    const api = server.api;
    let known = false;
    server.api = (path, query, body, method) =>
      path === '/api/jobs/alvis/4182931' ? { json: known ? detail() : detail({ analysis: null, entities: [], events: [] }) } : api(path, query, body, method);
    await page.goto(`${server.url}/jobs/alvis/4182931`);
    await page.getByText('The first verdict needs a few more samples.').waitFor();
    known = true;
    server.io.to(ROOM).emit('verdict', { cluster: 'alvis', id: '4182931', at: until, verdict: aVerdict(), fromPhase: 0, phases: [], findings: [] });
    await page.locator('.big', { hasText: 'Memory bandwidth' }).waitFor();
    server.api = api;
    await page.close();
  });
});

describe('the overview while jobs run', () => {
  it('joins with the time of its answer, takes rows as they come, and keeps those that an older answer does not know', async () => {
    const server = await servePage(busyApi(() => NOW));
    const browser = await launchBrowser();
    const targets: WatchTarget[] = [];
    server.watched = (target) => void targets.push(target);
    const page = await browser.newPage();
    await page.goto(`${server.url}/`);
    await expect.poll(() => targets).toEqual([{ kind: 'overview', since: NOW }]);

    const fresh = row(77);
    server.io.to(JSON.stringify(targets[0])).emit('rows', { at: NOW + 1, rows: [{ ...fresh, job: { ...fresh.job, name: 'just begun' } }] });
    await page.getByText('just begun').first().waitFor();

    const answered = page.waitForResponse((response) => response.url().endsWith('/api/overview'));
    await server.cut();
    await server.mend();
    // After a cut the whole is fetched again; its time is still before the row's.
    await expect.poll(() => targets.at(-1)).toEqual({ kind: 'overview' });
    await (await answered).finished();
    await still(page);
    expect(await page.getByText('just begun').count()).toBeGreaterThan(0);
    await browser.close();
    await server.close();
  });
});
