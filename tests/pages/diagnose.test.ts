import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Browser, Page } from 'playwright-core';
import { launchBrowser } from '../support/browser.ts';
import { watchErrors } from './support/basics.ts';
import { busyApi } from './support/invented-api.ts';
import { servePage, type PageServer } from './support/page-server.ts';

/** Five minutes of an idle A40, as `nvidia-smi --query-gpu … --format=csv` prints them. */
const IDLE = ['timestamp, index, uuid, name, utilization.gpu [%], memory.used [MiB], memory.total [MiB], power.draw [W]']
  .concat(
    Array.from(
      { length: 300 },
      (_, n) =>
        `2026/11/22 10:0${Math.floor(n / 60)}:${String(n % 60).padStart(2, '0')}.000, 0, GPU-11111111-2222-3333-4444-555555555555, NVIDIA A40, 0 %, 0 MiB, 46068 MiB, 31.00 W`,
    ),
  )
  .join('\n');

/** Five minutes of a busy card that nothing names, as `nvidia-smi` prints them: 40960 MiB, up to 1410 MHz. */
const UNNAMED = ['timestamp, index, utilization.gpu [%], utilization.memory [%], memory.used [MiB], memory.total [MiB], power.draw [W], clocks.sm [MHz]']
  .concat(
    Array.from(
      { length: 300 },
      (_, n) =>
        `2026/11/22 10:0${Math.floor(n / 60)}:${String(n % 60).padStart(2, '0')}.000, 0, 98 %, 71 %, 30000 MiB, 40960 MiB, 310.00 W, ${n % 2 === 0 ? 1410 : 1395} MHz`,
    ),
  )
  .join('\n');

/** What the page asked of the server, less whose cluster it is: every page asks that. */
const askedOf = (server: PageServer): string[] => server.asked.filter((one) => one !== 'GET /api/site');

describe('the diagnose page', () => {
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

  async function open(): Promise<{ page: Page; errors: string[] }> {
    const page = await browser.newPage({ viewport: { width: 1320, height: 900 } });
    const errors = watchErrors(page);
    await page.goto(`${server.url}/diagnose`);
    await page.getByText('Drop recorded logs here').waitFor();
    server.asked.length = 0;
    return { page, errors };
  }
  const file = (name: string, text: string | Buffer) => ({ name, mimeType: 'text/plain', buffer: Buffer.from(text) });

  it('reads files in the browser, says what limited the run, and asks the server nothing', async () => {
    const { page, errors } = await open();
    await page.getByLabel('Recorded files', { exact: true }).setInputFiles([file('gpu.csv', IDLE), file('readme.bin', Buffer.from([0, 1, 2, 3]))]);
    await page.locator('.big', { hasText: 'Idle' }).waitFor();
    await page.getByText('A40 48 GB, detected').waitFor();
    await page.locator('[data-panel=power]').waitFor();
    expect(await page.locator('[data-panel=power] .now').innerText()).toContain('31.0');
    const report = page.locator('section', { has: page.getByText('What was read') });
    expect(await report.locator('tr', { hasText: 'gpu.csv' }).first().innerText()).toMatch(/nvidia-smi.*\s1\s+300\s/);
    expect(await report.innerText()).toContain('unknown format: expected the output of nvidia-smi');
    expect(await page.locator('main').innerText()).toContain('no file and no reading has left it');
    expect(askedOf(server)).toEqual([]);
    expect(errors).toEqual([]);
    await page.close();
  });

  it('results alone are told on cards, and are no failure', async () => {
    const { page, errors } = await open();
    const seff =
      'Job ID: 77\nState: COMPLETED (exit code 0)\nCores: 4\nCPU Utilized: 00:02:00\nCPU Efficiency: 50.00% of 00:04:00 core-walltime\nJob Wall-clock time: 00:01:00\n';
    const export_ = Buffer.concat([Buffer.from('SQLite format 3\0'), Buffer.alloc(200)]);
    await page.getByLabel('Recorded files', { exact: true }).setInputFiles([file('seff.txt', seff), file('run.sqlite', export_)]);
    await page.getByRole('heading', { name: 'This is seff’s output' }).waitFor();
    const main = await page.locator('main').innerText();
    expect(main).toContain('CPU efficiency 50.0 %');
    expect(main).toContain('The page opens no database; the terminal opens this one.');
    expect(main).toContain('give it to “headroom diagnose FILE” on a terminal');
    expect(main).toContain('told above');
    expect(main).not.toContain('Nothing in these files could be read');
    expect(main).not.toContain('unknown format');
    expect(errors).toEqual([]);
    await page.close();
  });

  it('a profile beside readings says whether it supports the verdict', async () => {
    const { page, errors } = await open();
    const trace = `Start (ns),Duration (ns),CorrId,Device,Name\n0,100000000,1,A40 (0),gemm_kernel\n900000000,100000000,2,A40 (0),gemm_kernel\n`;
    await page.getByLabel('Recorded files', { exact: true }).setInputFiles([file('gpu.csv', IDLE), file('trace.csv', trace)]);
    await page.getByText('nothing ran on the GPU for 80 % of the time: supports idle').waitFor();
    await page.getByRole('heading', { name: 'trace.csv is nsys stats’ output' }).waitFor();
    expect(errors).toEqual([]);
    await page.close();
  });

  it('takes a drop', async () => {
    const { page } = await open();
    await page.evaluate((text) => {
      const transfer = new DataTransfer();
      transfer.items.add(new File([text], 'dropped.csv'));
      dispatchEvent(new DragEvent('drop', { dataTransfer: transfer, bubbles: true, cancelable: true }));
    }, IDLE);
    await page.locator('.big', { hasText: 'Idle' }).waitFor();
    await page.getByText('dropped.csv').first().waitFor();
    await page.close();
  });

  it('shows progress on a long log and stops in its middle when told to', async () => {
    const { page, errors } = await open();
    const [head, ...lines] = IDLE.split('\n');
    const long = gzipSync(`${head}\n${`${lines.join('\n')}\n`.repeat(3000)}`); // about 100 MB of text
    await page.getByLabel('Recorded files', { exact: true }).setInputFiles([file('long.csv.gz', long)]);
    await page.getByText(/^Reading long\.csv\.gz \(1 of 1\)/).waitFor();
    await page.getByRole('button', { name: 'Cancel' }).click();
    await page.getByText('No log yet?').waitFor();
    // The page is ready for the next.
    await page.getByLabel('Recorded files', { exact: true }).setInputFiles([file('gpu.csv', IDLE)]);
    await page.locator('.big', { hasText: 'Idle' }).waitFor();
    expect(errors).toEqual([]);
    await page.close();
  });

  it('judges again when somebody says which GPU it was, and refuses a zone that there is none of', async () => {
    const { page } = await open();
    await page.getByLabel('Recorded files', { exact: true }).setInputFiles([file('gpu.csv', IDLE)]);
    await page.locator('.big', { hasText: 'Idle' }).waitFor();
    await page.getByLabel('GPU type').selectOption('A100-80');
    await page.getByText('A100 SXM 80 GB, given').waitFor();
    await page.getByLabel('Time zone of the files').fill('Mars/Olympus');
    await page.getByLabel('Time zone of the files').blur();
    await page.getByText('a zone like Europe/Stockholm').waitFor();
    await page.close();
  });

  it('offers the cards that memory size and clock suggest, and judges by the one that is chosen', async () => {
    const { page, errors } = await open();
    await page.getByLabel('Recorded files', { exact: true }).setInputFiles([file('gpu.csv', UNNAMED)]);
    await page.getByText('40960 MiB of memory, clocks up to 1410 MHz fit these:').waitFor();
    expect(await page.getByRole('button', { name: /^Judge as/ }).allInnerTexts()).toEqual(['Judge as A100 SXM 40 GB', 'Judge as A100 PCIe 40 GB']);
    await page.getByRole('button', { name: 'Judge as A100 SXM 40 GB' }).click();
    await page.getByText('A100 SXM 40 GB, given').waitFor();
    expect(await page.getByLabel('GPU type').inputValue()).toBe('A100-40');
    expect(await page.getByText('Which GPU was it?').count()).toBe(0);
    expect(errors).toEqual([]);
    await page.close();
  });

  it('tells of a run that is over as of one, and asks for what is missing by the names of its fields', async () => {
    const { page } = await open();
    await page.getByLabel('Recorded files', { exact: true }).setInputFiles([file('gpu.csv', UNNAMED)]);
    await page.getByText('What limited it', { exact: true }).waitFor();
    const main = await page.locator('main').innerText();
    expect(main).not.toMatch(/\bnow\b|last 5 min|\brunning\b|limits it/i);
    expect(main).toMatch(/^the GPU type$/m);
    expect(main).not.toMatch(/--(gpu|model|config|dtype|tp|tz|fields|cores|node)\b/);
    await page.getByText('More: weights in fewer bits').click();
    for (const field of [
      'GPU type',
      'Model',
      'Data type',
      'Quantisation',
      'The model’s config.json',
      'Tensor parallel',
      'Data parallel',
      'Field names, where a CSV has no header',
    ])
      await page.getByLabel(field).first().waitFor();
    await page.close();
  });

  it('keeps the files over a reload, with what was said about them, until they are forgotten', async () => {
    const { page, errors } = await open();
    await page.getByLabel('Recorded files', { exact: true }).setInputFiles([file('gpu.csv', UNNAMED)]);
    await page.getByLabel('GPU type').selectOption('A100-40');
    await page.getByText('A100 SXM 40 GB, given').waitFor();
    await page.getByText('The file is kept in this browser').waitFor();
    await page.reload();
    await page.getByText('A100 SXM 40 GB, given').waitFor();
    await page.locator('[data-panel=power]').waitFor();
    await page.getByRole('button', { name: 'Forget the file' }).click();
    await page.getByText('No log yet?').waitFor();
    await page.reload();
    await page.getByText('Drop recorded logs here').waitFor();
    // What was kept would have been read by the time that the browser’s database has answered another.
    await page.evaluate(() => new Promise((resolve) => (indexedDB.open('headroom-diagnose').onsuccess = resolve)));
    await page.getByText('No log yet?').waitFor();
    expect(await page.getByText('gpu.csv').count()).toBe(0);
    expect(errors).toEqual([]);
    await page.close();
  });

  it('says where the browser keeps nothing, and reads the files all the same', async () => {
    const page = await browser.newPage();
    await page.addInitScript(() =>
      Object.defineProperty(globalThis, 'indexedDB', {
        get: () => {
          throw new Error('denied');
        },
      }),
    );
    await page.goto(`${server.url}/diagnose`);
    await page.getByLabel('Recorded files', { exact: true }).setInputFiles([file('gpu.csv', IDLE)]);
    await page.locator('.big', { hasText: 'Idle' }).waitFor();
    await page.getByText('This browser keeps no files for this page').waitFor();
    await page.close();
  });

  it('in a demo does not call a person’s own data made up', async () => {
    const busy = busyApi();
    server.api = (path, query, body, method) =>
      path === '/api/session' ? { json: { kind: 'session', name: 'browser', demo: true, version: '0.0.0', cluster: 'demo' } } : busy(path, query, body, method);
    const { page } = await open();
    await page.getByText('This is a demo').waitFor();
    const banner = await page.locator('p.demo').innerText();
    expect(banner).toContain('files that you give here are read and judged as they are');
    expect(banner).not.toContain('No number here was measured');
    await page.getByRole('link', { name: 'Jobs', exact: true }).click();
    await page.getByText('No number here was measured').waitFor();
    server.api = busyApi();
    await page.close();
  });

  it('says why nothing could be read', async () => {
    const { page } = await open();
    await page
      .getByLabel('Recorded files', { exact: true })
      .setInputFiles([file('photo.jpg', Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 16])), file('empty.csv', '')]);
    await page.getByText('Nothing in these files could be read').waitFor();
    const report = await page.locator('section', { has: page.getByText('What was read') }).innerText();
    expect(report).toContain('the file is empty');
    expect(report).toContain('unknown format');
    await page.close();
  });

  it('stores the run as a job only when asked, each reading once', async () => {
    const { page, errors } = await open();
    const bodies: { path: string; body: string }[] = [];
    const busy = busyApi();
    server.api = (path, query, body, method) => {
      if (method === 'GET') return busy(path, query, body, method);
      bodies.push({ path, body });
      return { json: path === '/api/ingest' ? { durable: 1, duplicate: false, rejected: [{ at: 'blocks/0', reason: 'an example of a refusal' }] } : {} };
    };
    await page.getByLabel('Recorded files', { exact: true }).setInputFiles([file('gpu.csv', IDLE)]);
    await page.getByRole('button', { name: 'Store as a job …' }).click();
    await page.getByLabel('Job id').fill('my-run');
    await page.getByLabel('Node, where the files name none').fill('alvis2-05');
    expect(askedOf(server)).toEqual([]);
    await page.getByRole('button', { name: 'Send the readings to this server' }).click();
    await page.getByRole('link', { name: 'Open job my-run' }).waitFor();
    expect(askedOf(server)).toEqual(['GET /api/session', 'PUT /api/jobs/alvis/my-run', 'POST /api/ingest']);
    const batch = JSON.parse(bodies[1]?.body ?? '{}') as { node: string; job: string; blocks: { t: number[] }[] };
    expect([batch.node, batch.job, batch.blocks[0]?.t.length, new Set(batch.blocks[0]?.t).size]).toEqual(['alvis2-05', 'alvis/my-run', 300, 300]);
    expect(await page.locator('main').innerText()).toContain('an example of a refusal');
    expect(errors).toEqual([]);
    await page.close();
  });
});
