import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import type { FindingsReply, IngestBatch, JobDeclaration } from '../../core/contract/index.ts';
import { EVENT_KINDS, FACT_NAMES } from '../../core/readings/index.ts';
import { launchBrowser } from '../support/browser.ts';
import { cleanText } from '../../core/readings/index.ts';
import { HOSTILE, inField } from '../support/hostile-texts.ts';
import { dataFolder, removeFolders, startService, type TestService } from '../support/service.ts';
import { watchErrors } from './support/basics.ts';

const OUT = join(import.meta.dirname, '../output/hostile');
const STEP = 10;
const SAMPLES = 90;
const WIDTHS = [390, 1280] as const;

/** Everything that a sender may write, each with the same text in it: one job on a node of its own. */
function victim(text: string, index: number, now: number): { key: { cluster: string; id: string }; node: string; job: JobDeclaration; batch: IngestBatch } {
  const node = inField(text, `node${index}`);
  const gpu = { kind: 'gpu', id: inField(text, `gpu${index}`), node } as const;
  const host = { kind: 'host', id: node, node } as const;
  const engine = { kind: 'engine', id: inField(text, `engine${index}`), node } as const;
  const process = { kind: 'process', id: inField(text, `process${index}`), node } as const;
  // The door lets no more into these two: they are in every address.
  const key = { cluster: `-..${'c'.repeat(30)}`, id: `=@+cmd,:${'i'.repeat(80)}-${index}` };
  const t = Array.from({ length: SAMPLES }, (_, n) => now - (SAMPLES - n) * STEP);
  const all = (value: number): number[] => t.map(() => value);
  // Idle, busy and gone by turns, so that verdicts and findings of several kinds are told.
  const util = index % 3 === 0 ? all(0) : index % 3 === 1 ? all(0.97) : t.map((_, n) => (n < SAMPLES / 2 ? 0.9 : 0));
  const known = index % 2 === 0;
  return {
    key,
    node,
    job: {
      name: inField(text, `name${index}`),
      user: inField(text, 'user', 100),
      project: inField(text, 'project', 100),
      partition: inField(text, 'partition', 100),
      state: 'running',
      start: now - SAMPLES * STEP,
      nodes: [node, node, inField(text, 'a silent node')],
      gpus: [
        { uuid: gpu.id, node },
        { uuid: gpu.id, node },
      ],
      gpuType: inField(text, 'type', 40),
      model: inField(text, 'model', 300),
      dtype: inField(text, 'dtype', 40),
      command: `${cleanText(text)}\n${cleanText(text)} command`,
    },
    batch: {
      source: inField(text, `source${index}`),
      seq: 1,
      node,
      job: `${key.cluster}/${key.id}`,
      blocks: [
        { entity: gpu, t, columns: { 'gpu.util': util, 'gpu.memUtil': util, 'gpu.memUsed': all(30e9), 'gpu.memTotal': all(40e9), 'gpu.power': all(90) } },
        { entity: host, t, columns: { 'host.cpu': all(0.02), 'host.cores': all(64), 'host.memUsed': all(1e10), 'host.memTotal': all(5e11) } },
        { entity: engine, t, columns: { 'engine.running': all(3), 'engine.waiting': all(0) } },
        { entity: process, t, columns: { 'process.cpu': all(1), 'process.rss': all(1e9) } },
      ],
      facts: [gpu, host, engine, process].flatMap((entity) =>
        FACT_NAMES.map((name) => ({
          entity,
          name,
          value: known && entity.kind === 'gpu' && name === 'name' ? 'NVIDIA A100-SXM4-40GB' : inField(text, `fact ${name}`, 1000),
        })),
      ),
      events: EVENT_KINDS.flatMap((kind) =>
        [gpu, host].map((entity) => ({ at: now - 300, entity, kind, text: `${kind === 'xid' ? 'Xid 79: ' : ''}${inField(text, `event ${kind}`, 900)}` })),
      ),
    },
  };
}

interface Watched {
  readonly page: Page;
  /** Everything that must not have happened. */
  readonly wrong: string[];
}

/** A page on which any script, dialog, request elsewhere, breach of the content policy and message of the console is told. */
async function watched(context: BrowserContext, address: string, expected: readonly string[] = []): Promise<Watched> {
  const page = await context.newPage();
  const wrong = watchErrors(page, expected);
  page.on('dialog', (dialog) => {
    wrong.push(`a dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('popup', (popup) => wrong.push(`a window opened: ${popup.url()}`));
  page.on('request', (request) => {
    const url = new URL(request.url());
    if (/^(?:http|ws)/.test(url.protocol) && url.host !== new URL(address).host) wrong.push(`a request to ${url.host}`);
  });
  await page.addInitScript(() =>
    addEventListener('securitypolicyviolation', (event) => console.error(`against the policy: ${event.blockedURI} ${event.sample}`)),
  );
  return { page, wrong };
}

/** What the text made of the page as it stands: code that ran, elements that no page of ours has, links that lead elsewhere. */
function breaches(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const ours = [...document.querySelectorAll('body *')].flatMap((element) => {
      const handlers = element.getAttributeNames().filter((name) => name.startsWith('on'));
      const odd = element.matches('script, iframe, object, embed, base, img, style, link, form[action], area, marquee, math');
      return odd || handlers.length > 0 ? [element.outerHTML.slice(0, 100)] : [];
    });
    const links = [...document.querySelectorAll('a')].filter((link) => link.origin !== location.origin).map((link) => `a link to ${link.href}`);
    return [...('ran' in window ? ['a script ran'] : []), ...ours, ...links];
  });
}

/** Opens all that is folded, and tells by how much the page is wider than each of the screens, and what makes it so. */
async function overflows(page: Page): Promise<string[]> {
  const out: string[] = [];
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: 900 });
    await page.evaluate(() => {
      for (const details of document.querySelectorAll('details')) details.open = true;
    });
    out.push(
      ...(await page.evaluate(async () => {
        await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
        const over = document.documentElement.scrollWidth - innerWidth;
        if (over <= 0) return [];
        const wide = [...document.body.querySelectorAll('*')]
          .filter((element) => element.getBoundingClientRect().right > innerWidth + 1 && element.closest('.scroll-x, pre') === null)
          .map((element) => `${element.tagName.toLowerCase()}.${element.getAttribute('class') ?? ''}`);
        return [`${over} px wider than ${innerWidth}: ${[...new Set(wide)].slice(0, 8).join(', ')}`];
      })),
    );
  }
  return out;
}

/** All of the page's text, its title and what shows on hovering included. */
function textOf(page: Page): Promise<string> {
  return page.evaluate(() =>
    [
      document.title,
      document.body.textContent,
      ...[...document.querySelectorAll('[title], [aria-label]')].flatMap((element) => [element.getAttribute('title'), element.getAttribute('aria-label')]),
    ].join('\n'),
  );
}

/** A CSV's cells (RFC 4180). */
function cellsOf(csv: string): string[] {
  return [...csv.matchAll(/(?:"((?:[^"]|"")*)"|([^",\n]*))(?:,|\n)/g)].map(([, quoted, plain = '']) => quoted?.replaceAll('""', '"') ?? plain);
}

/** Recorded files with a text in all that names something: the file, the card, a column, a label, a line that is nothing. */
function filesOf(text: string): { name: string; mimeType: string; buffer: Buffer }[] {
  const cell = text.replaceAll(/[",\n]/g, ' ');
  const label = text.replaceAll(/["\\\n]/g, ' ');
  const minute = (n: number): string => `${String(Math.floor(n / 60)).padStart(2, '0')}:${String(n % 60).padStart(2, '0')}`;
  const seconds = Array.from({ length: 300 }, (_, n) => n);
  const gpus = [
    `timestamp, index, uuid, name, utilization.gpu [%], utilization.memory [%], memory.used [MiB], memory.total [MiB], power.draw [W], ${cell}`,
    ...seconds.map((n) => `2026/03/01 10:${minute(n)}.000, 0, ${cell}, ${cell}, 97 %, 70 %, 30000 MiB, 46068 MiB, 250.00 W, ${cell}`),
  ];
  const pages = seconds
    .filter((n) => n % 5 === 0)
    .flatMap((n) => [
      `# headroom-time ${1_772_359_200 + n}`,
      '# TYPE vllm:num_requests_running gauge',
      `vllm:num_requests_running{engine="${label}",model_name="${label}"} 3`,
      '# TYPE vllm:generation_tokens_total counter',
      `vllm:generation_tokens_total{engine="${label}",model_name="${label}"} ${n * 100}`,
    ]);
  const log = [
    `INFO 03-01 10:00:00 api_server.py:1] vLLM API server version ${text}`,
    `INFO 03-01 10:00:01 api_server.py:1] args: Namespace(model='${text}', dtype='${text}')`,
    `ERROR 03-01 10:00:02 engine.py:1] torch.OutOfMemoryError: CUDA out of memory. ${text}`,
  ];
  const made: readonly (readonly [string, readonly string[]])[] = [
    ['gpu.csv', gpus],
    ['metrics.txt', pages],
    ['server.log', log],
    ['junk.txt', [text, `${text}, ${text}`, text]],
    ['junk.csv', [`timestamp, ${cell}`, `2026/03/01 10:00:00.000, ${cell}`]],
  ];
  return made.map(([name, lines]) => ({ name: `${text.replaceAll('/', ':')} ${name}`, mimeType: 'text/plain', buffer: Buffer.from(lines.join('\n')) }));
}

/** All texts are stored and stand in every list. Pages of one are opened for one text of five; for each with HEADROOM_LONG set (ten minutes). */
const EVERY = process.env['HEADROOM_LONG'] === undefined ? 5 : 1;
const chosen = <T>(all: readonly T[]): T[] => all.filter((_, index) => index % EVERY === 0);

describe('pages full of hostile text', () => {
  let service: TestService;
  let browser: Browser;
  let context: BrowserContext;
  const now = Math.floor(Date.now() / 1000);
  const victims = HOSTILE.map((text, index) => victim(text, index, now));

  beforeAll(async () => {
    mkdirSync(OUT, { recursive: true });
    service = await startService({ data: dataFolder() });
    for (const { key, job, batch } of victims) {
      const path = `/api/jobs/${encodeURIComponent(key.cluster)}/${encodeURIComponent(key.id)}`;
      const declared = await fetch(service.address + path, {
        method: 'PUT',
        headers: { authorization: `Bearer ${service.token}`, 'content-type': 'application/json' },
        body: JSON.stringify(job),
      });
      expect(declared.status, await declared.text()).toBe(200);
      const stored = await service.ingest(batch);
      expect([stored.status, await stored.json()]).toMatchObject([200, { rejected: [] }]);
    }
    browser = await launchBrowser();
    context = await browser.newContext({ viewport: { width: 1280, height: 900 }, timezoneId: 'UTC', acceptDownloads: true });
    const { page } = await watched(context, service.address);
    await page.goto(service.running.url);
    await page
      .getByText(`${victims.length * 2} nodes`)
      .or(page.locator('.row').first())
      .first()
      .waitFor();
    await page.close();
    const found = async () => new Set((await service.get<FindingsReply>('/api/findings')).findings.map(({ finding }) => finding.id));
    await vi.waitUntil(async () => (await found()).size >= 4, { timeout: 300_000, interval: 1000 });
  });
  afterAll(async () => {
    await browser.close();
    await service.stop();
    removeFolders();
  });

  /** Opens an address, in light and dark by turns, and says all that is wrong with what shows; `shows` are texts that have to stand there as they are. */
  async function faultsAt(
    path: string,
    shows: readonly string[],
    { picture, expected }: { picture?: string; expected?: readonly string[] } = {},
  ): Promise<string[]> {
    const { page, wrong } = await watched(context, service.address, expected);
    await page.emulateMedia({ colorScheme: path.length % 2 === 0 ? 'light' : 'dark' });
    await page.goto(service.address + path);
    await page.locator('main h1').first().waitFor({ state: 'attached' });
    // A running job's page never stands still: what is looked for is waited for, and told below where it did not come.
    await page.waitForLoadState('networkidle');
    let text = await textOf(page);
    const missing = (): string[] => shows.filter((one) => !text.includes(one));
    for (let again = 0; again < 20 && missing().length > 0; again += 1) {
      await page.waitForTimeout(250);
      text = await textOf(page);
    }
    wrong.push(...(await overflows(page)));
    wrong.push(...missing().map((one) => `not shown as it is: ${one}`));
    wrong.push(...(await breaches(page)));
    if (picture !== undefined)
      for (const width of WIDTHS) {
        await page.setViewportSize({ width, height: 900 });
        await page.screenshot({ path: join(OUT, `${picture}-${width}.png`), fullPage: true });
      }
    await page.close();
    return wrong;
  }

  it.each(chosen(victims.map((one, index) => [HOSTILE[index] ?? '', one, index] as const)))(
    'a job and a node full of %s',
    async (_, { key, node, job, batch }, index) => {
      const events = (batch.events ?? []).map((event) => event.text);
      const onJob = [job.name ?? '', key.id, job.user ?? '', job.project ?? '', node, ...events];
      expect(await faultsAt(`/jobs/${encodeURIComponent(key.cluster)}/${encodeURIComponent(key.id)}`, onJob, { picture: `job-${index}` })).toEqual([]);
      const command = (batch.facts ?? []).find((fact) => fact.name === 'command' && fact.entity.kind === 'process')?.value ?? '';
      expect(
        await faultsAt(`/nodes/${encodeURIComponent(node)}`, [node, ...events, command, `job ${key.cluster}/${key.id}`], { picture: `node-${index}` }),
      ).toEqual([]);
    },
  );

  it('the overview, the lists and their searches', async () => {
    const names = victims.map(({ job }) => job.name ?? '');
    expect(await faultsAt('/', names.slice(-3), { picture: 'overview' })).toEqual([]);
    expect(await faultsAt('/jobs', names, { picture: 'jobs' })).toEqual([]);
    expect(
      await faultsAt(
        '/nodes',
        victims.map(({ node }) => node),
        { picture: 'nodes' },
      ),
    ).toEqual([]);
    for (const text of chosen(HOSTILE)) {
      const words = encodeURIComponent(text.slice(0, 100));
      // A search that the server refuses is told in the page, and by the browser in its console.
      expect(await faultsAt(`/jobs?q=${words}&user=${words}&gpuType=${words}&state=${words}&sort=${words}`, [], { expected: ['400'] })).toEqual([]);
      expect(await faultsAt(`/nodes?q=${words}&span=${words}&from=${words}&to=${words}`, [])).toEqual([]);
    }
  });

  it('addresses that name nothing', async () => {
    for (const text of chosen(HOSTILE)) {
      const part = encodeURIComponent(text);
      const absent = { expected: ['404', '400'] };
      expect(await faultsAt(`/nodes/${part}`, [], absent)).toEqual([]);
      expect(await faultsAt(`/jobs/${part}/${part}`, [], absent)).toEqual([]);
      expect(await faultsAt(`/no/${part}?q=${part}&token=${part}#${part}`, [], absent)).toEqual([]);
    }
  });

  it('diagnose: names of files, their columns and words, all fields, what is saved and what is stored', async () => {
    const { page, wrong } = await watched(context, service.address);
    for (const [index, text] of chosen(HOSTILE).entries()) {
      await page.emulateMedia({ colorScheme: index % 2 === 0 ? 'light' : 'dark' });
      await page.setViewportSize({ width: 1280, height: 900 });
      await page.goto(`${service.address}/diagnose?q=${encodeURIComponent(text)}`);
      const files = filesOf(text);
      await page.getByLabel('Recorded files', { exact: true }).setInputFiles(files);
      await page.getByText('What was read').waitFor();
      await page.locator('summary').filter({ hasText: 'More:' }).click();
      await page.getByLabel('Model', { exact: true }).fill(text);
      await page.getByLabel('Node', { exact: true }).fill(text);
      await page.getByLabel(/^Time zone/).fill(text);
      await page.getByLabel(/^Field names/).fill(text);
      const config = JSON.stringify({ architectures: [text], model_type: text, _name_or_path: text, hidden_size: text });
      await page.getByLabel(/config\.json/).setInputFiles([{ name: `${text}.json`, mimeType: 'application/json', buffer: Buffer.from(config) }]);
      await page.getByLabel(/^Tensor parallel/).fill(text);
      await page.getByLabel(/^Tensor parallel/).blur();
      wrong.push(...(await overflows(page)), ...(await breaches(page)));
      await page.getByLabel(/^Tensor parallel/).fill('');
      await page.getByLabel(/^Time zone/).fill('');
      await page.getByLabel(/^Time zone/).blur();
      await page.locator('[data-panel=busy]').waitFor();
      wrong.push(...(await overflows(page)), ...(await breaches(page)));
      const shown = await textOf(page);
      wrong.push(...files.filter(({ name }) => !shown.includes(name)).map(({ name }) => `not shown as it is: ${name}`));
      await page.screenshot({ path: join(OUT, `diagnose-${index}.png`), fullPage: true });

      const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Save as CSV' }).first().click()]);
      expect(download.suggestedFilename()).toMatch(/^headroom-series-\d+-\d+\.csv$/);
      const cells = cellsOf(readFileSync(await download.path(), 'utf8'));
      expect(cells.length).toBeGreaterThan(100);
      expect(cells.filter((cell) => /^[=+\-@\t\r]/.test(cell) && Number.isNaN(Number(cell)))).toEqual([]);
    }
    expect(wrong).toEqual([]);
    await page.close();
  });

  it('what a job’s page saves holds the names as text, none of them a formula', async () => {
    const { page, wrong } = await watched(context, service.address);
    for (const [index, { key, node }] of chosen(victims).entries()) {
      await page.goto(`${service.address}/jobs/${key.cluster}/${encodeURIComponent(key.id)}`);
      const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Save as CSV' }).first().click()]);
      const cells = cellsOf(readFileSync(await download.path(), 'utf8'));
      expect(cells).toContain(/^[=+@-]/.test(node) ? `'${node}` : node);
      expect(cells.filter((cell) => /^[=+\-@\t\r]/.test(cell) && Number.isNaN(Number(cell)))).toEqual([]);
      expect(cells.length % 10, `job ${index}`).toBe(0);
    }
    expect(wrong).toEqual([]);
    await page.close();
  });
});
