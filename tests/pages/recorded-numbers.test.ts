import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Browser, Page } from 'playwright-core';
import { diagnosing, readFileText } from '../../collectors/run/index.ts';
import { launchBrowser } from '../support/browser.ts';
import { describeRecordings, recordingFiles } from '../support/recordings.ts';
import { watchErrors } from './support/basics.ts';
import { contradictionsOf } from './support/contradictions.ts';
import { busyApi } from './support/invented-api.ts';
import { servePage, type PageServer } from './support/page-server.ts';
import { readPage } from './support/read-page.ts';

/** Recordings whose files belong to one run: they are read together. */
const TOGETHER = '/labelled/vllm-h100/';
/** Fewer than this read means that the recordings have moved, not that all is well. */
const AT_LEAST = 100;

interface Recording {
  readonly name: string;
  readonly files: readonly string[];
}

/** What people recorded, each once. */
function recordingsIn(files: readonly string[]): Recording[] {
  const runs = new Map<string, string[]>();
  const seen = new Set<string>();
  for (const file of files) {
    const content = createHash('sha256').update(readFileSync(file)).digest('hex');
    if (seen.has(content)) continue;
    seen.add(content);
    const run = file.includes(TOGETHER) ? dirname(file) : file;
    runs.set(run, [...(runs.get(run) ?? []), file]);
  }
  return [...runs].map(([name, of]) => ({ name, files: of }));
}

/** Whether something in it can be judged, by the same readers as the page's. */
async function isJudged({ files }: Recording): Promise<boolean> {
  const work = diagnosing({ tz: 'UTC' });
  for (const file of files) {
    const source = work.open(basename(file));
    await readFileText(new Blob([readFileSync(file)]).stream(), source.feed, () => undefined);
    source.end();
  }
  return work.finish({}).analysis !== null;
}

describeRecordings('the numbers of the page of every recording', '.', (home) => {
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

  async function told(page: Page, { files }: Recording): Promise<readonly string[]> {
    await page
      .getByLabel('Recorded files', { exact: true })
      .setInputFiles(files.map((file) => ({ name: basename(file), mimeType: 'text/plain', buffer: readFileSync(file) })));
    await page.waitForFunction(() => document.querySelector('progress') === null && document.querySelector('.verdict .big') !== null);
    const shown = await readPage(page);
    // An answer to the recording before would agree with itself, too.
    const isThis = shown.text.includes(basename(files[0] ?? ''));
    return [...(isThis ? [] : ['the page shows another recording']), ...contradictionsOf(shown)];
  }

  it('agree with each other, with their ceilings and with the label', async () => {
    const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
    const errors = watchErrors(page);
    await page.goto(`${server.url}/diagnose`);
    const found: string[] = [];
    let read = 0;
    for (const recording of recordingsIn(recordingFiles('.'))) {
      if (!(await isJudged(recording))) continue;
      read += 1;
      const name = recording.name.slice(home.length);
      for (const contradiction of await told(page, recording)) found.push(`${name}: ${contradiction}`);
      for (const error of errors.splice(0)) found.push(`${name}: ${error}`);
    }
    console.log(`${read} recordings opened in the browser`);
    expect(found).toEqual([]);
    expect(read).toBeGreaterThan(AT_LEAST);
    await page.close();
  }, 240_000);
});
