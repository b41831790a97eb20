import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { ALVIS, type Site } from '../../../../core/knowledge/index.ts';
import type { FromWorker, NamedFile } from '../../../../web/lib/diagnose/protocol.ts';
import { openSession } from '../../../../web/lib/diagnose/session.ts';
import { ANOTHER_SITE } from '../../../support/another-site.ts';

/** A minute of a GPU that is busy, as `nvidia-smi --query-gpu` prints it. */
const LINES = ['timestamp, index, uuid, name, utilization.gpu [%], memory.used [MiB], power.draw [W]'].concat(
  Array.from(
    { length: 60 },
    (_, second) =>
      `2026/11/22 10:00:${String(second).padStart(2, '0')}.000, 0, GPU-11111111-2222-3333-4444-555555555555, NVIDIA A40, 97 %, 30000 MiB, 250.00 W`,
  ),
);
const file = (path: string, body: string | Uint8Array<ArrayBuffer>): NamedFile => ({ path, file: new File([body], path) });

async function diagnose(files: readonly NamedFile[]) {
  const told: FromWorker[] = [];
  const take = openSession(
    (message) => told.push(structuredClone(message)),
    () => performance.now(),
  );
  await take({ kind: 'read', files, context: { tz: 'UTC' }, options: {} });
  const done = told.find((message) => message.kind === 'done');
  return { told, take, diagnosed: done?.kind === 'done' ? done.diagnosed : null };
}

afterEach(() => void vi.unstubAllGlobals());

describe('the reader behind the diagnose page', () => {
  it('reads a file, judges it, and answers series from what it holds', async () => {
    const { told, take, diagnosed } = await diagnose([file('gpu.csv', `${LINES.join('\n')}\n`)]);
    expect(diagnosed?.sources.map(({ file: path, readings, rejectedCount }) => ({ path, readings, rejectedCount }))).toEqual([
      { path: 'gpu.csv', readings: 60, rejectedCount: 0 },
    ]);
    expect(diagnosed?.analysis?.hardware.gpu).toBe('A40');
    expect(diagnosed?.entities.map(({ kind, id }) => `${kind}:${id}`)).toContain('gpu:GPU-11111111-2222-3333-4444-555555555555');
    await take({ kind: 'series', ticket: 7, ask: { metrics: ['gpu.power'], points: 6 } });
    const reply = told.find((message) => message.kind === 'series');
    expect(reply?.kind === 'series' ? [reply.ticket, [...(reply.reply.series[0]?.mean ?? [])]] : null).toEqual([7, [250, 250, 250, 250, 250, 250]]);
  });

  it('reads a gzipped file as the plain one', async () => {
    const plain = await diagnose([file('gpu.csv', `${LINES.join('\n')}\n`)]);
    const zipped = await diagnose([file('gpu.csv', new Uint8Array(gzipSync(`${LINES.join('\n')}\n`)))]);
    expect(zipped.diagnosed?.analysis?.verdict).toEqual(plain.diagnosed?.analysis?.verdict);
  });

  it('keeps what is good of a damaged archive, says so, and reads the other files', async () => {
    const whole = gzipSync(`${LINES.join('\n')}\n`.repeat(40));
    const { diagnosed } = await diagnose([file('cut.csv.gz', new Uint8Array(whole.subarray(0, whole.length - 20))), file('gpu.csv', `${LINES.join('\n')}\n`)]);
    expect(diagnosed?.notes[0]).toMatch(/^cut\.csv\.gz: read only in part: /);
    expect(diagnosed?.sources.at(-1)?.readings).toBe(60);
  });

  it('quotes the line that it could not use, and says why a file could not be read at all', async () => {
    const broken = [...LINES.slice(0, 20), '2026/11/22 10:00:30.000, 0, GPU-1', ...LINES.slice(20)].join('\n');
    const { diagnosed } = await diagnose([file('a.csv', broken), file('b.png', new Uint8Array([137, 80, 78, 71, 13, 10, 26, 10, 0, 0]))]);
    expect(diagnosed?.sources[0]?.rejected[0]).toMatchObject({ line: 21, text: '2026/11/22 10:00:30.000, 0, GPU-1' });
    expect(diagnosed?.sources[1]).toMatchObject({ collector: null, readings: 0 });
    expect(diagnosed?.sources[1]?.rejected[0]?.reason).toMatch(/unknown format/);
  });

  it('tells progress in bytes of the files, and only ever forward', async () => {
    const big = `${LINES.join('\n')}\n${LINES.slice(1).join('\n')}\n`.repeat(60);
    let clock = 0;
    const told: FromWorker[] = [];
    const take = openSession(
      (message) => told.push(message),
      () => (clock += 200),
    );
    await take({ kind: 'read', files: [file('a.csv', big), file('b.csv', big)], context: { tz: 'UTC' }, options: {} });
    const steps = told.flatMap((message) => (message.kind === 'progress' ? [message.progress] : []));
    expect(steps.length).toBeGreaterThan(1);
    expect(steps.every((step) => step.total === 2 * big.length && step.done <= step.total)).toBe(true);
    expect(steps.map((step) => step.done)).toEqual(steps.map((step) => step.done).sort((a, b) => a - b));
    expect(new Set(steps.map((step) => step.path))).toEqual(new Set(['a.csv', 'b.csv']));
  });

  it('advises on the nodes of the server’s cluster, and on none where no server answers', async () => {
    const log = file('job.out', 'step 1\ntorch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.00 GiB\n');
    const advised = async (site: Site | null) => {
      const told: FromWorker[] = [];
      const take = openSession(
        (message) => told.push(structuredClone(message)),
        () => performance.now(),
        { askSite: () => Promise.resolve(site) },
      );
      await take({ kind: 'read', files: [log], context: { tz: 'UTC' }, options: {} });
      const done = told.findLast((message) => message.kind === 'done');
      return done?.kind === 'done' ? done.diagnosed.analysis?.findings[0]?.text : null;
    };
    expect(await advised(ALVIS)).toContain('A larger GPU (A100fat) is the last resort');
    expect(await advised(ANOTHER_SITE)).toContain('A larger GPU (accelerated) is the last resort');
    expect(await advised(null)).toContain('A larger GPU is the last resort');
  });

  it('waits where the server has no room for the moment, as long as it says, and stores all of it', async () => {
    const asked: string[] = [];
    const waits: number[] = [];
    const told: FromWorker[] = [];
    const take = openSession(
      (message) => told.push(structuredClone(message)),
      () => performance.now(),
      { askSite: () => Promise.resolve(null), wait: (seconds) => Promise.resolve(void waits.push(seconds)) },
    );
    await take({ kind: 'read', files: [file('gpu.csv', `${LINES.join('\n')}\n`)], context: { tz: 'UTC' }, options: {} });
    vi.stubGlobal('fetch', (path: string) => {
      asked.push(path);
      const full = asked.length === 2;
      return Promise.resolve(
        full
          ? new Response(JSON.stringify({ error: 'full', where: 'body', remedy: 'wait' }), { status: 429, headers: { 'retry-after': '17' } })
          : new Response(JSON.stringify({ durable: 1, duplicate: false, rejected: [] })),
      );
    });
    const ask = { cluster: 'c', id: '1', name: 'x', node: 'n', start: 0, source: 's' };
    await take({ kind: 'store', ticket: 1, ask, secret: null });
    expect(told.at(-1)).toMatchObject({ kind: 'stored', ticket: 1 });
    expect(waits).toEqual([17]);
    expect(asked).toEqual(['/api/jobs/c/1', '/api/ingest', '/api/ingest']);
  });

  it('judges the same readings again with other options', async () => {
    const { told, take } = await diagnose([file('gpu.csv', `${LINES.join('\n')}\n`)]);
    await take({ kind: 'judge', options: { gpu: 'A100-80' } });
    const last = told.findLast((message) => message.kind === 'done');
    expect(last?.kind === 'done' ? last.diagnosed.analysis?.hardware : null).toEqual({ gpu: 'A100-80', from: 'given' });
  });
});
