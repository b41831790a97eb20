// Past the door of server/main: an application is built with a store that is slow.
import { request } from 'node:http';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Health } from '../../../core/contract/index.ts';
import { buildApp } from '../../../server/main/app.ts';
import { type App, openPressure, Problem } from '../../../server/http/index.ts';
import { type Load } from '../../../server/http/pressure.ts';
import type { Ingest } from '../../../server/ingest/index.ts';
import { dataFolder, openStream, removeFolders, startService, type TestService } from '../../support/service.ts';

const MIB = 1024 * 1024;
const calm: Load = { resident: 100 * MIB, heap: 0.3, lag: 0.02 };
const limits = { incoming: 10 * MIB, memory: 500 * MIB, lag: 1, reads: 8 };
const opened = (load: () => Partial<Load> = () => ({})) => {
  const warned: unknown[] = [];
  const pressure = openPressure({ limits, log: { warn: (...told: unknown[]) => void warned.push(told) }, look: () => ({ ...calm, ...load() }) });
  return { pressure, warned };
};
const refusal = (act: () => unknown): string => {
  try {
    act();
  } catch (error) {
    if (error instanceof Problem && error.status === 503) return error.error;
    throw error;
  }
  return 'taken';
};

describe('a write', () => {
  it.each<[string, Partial<Load>, string]>([
    ['with memory to spare', { resident: 500 * MIB }, 'taken'],
    ['with more memory used than may be', { resident: 500 * MIB + MIB }, 'the server uses 501 MiB of memory, more than 500 MiB'],
    ['with a heap that is not full', { heap: 0.9 }, 'taken'],
    ['with a heap that is full', { heap: 0.91 }, "the server's heap is 91 % full"],
  ])('%s', (_, load, said) => {
    const { pressure } = opened(() => load);
    expect(refusal(() => pressure.enter(1))).toBe(said);
    expect(pressure.now()).toBe(said === 'taken' ? null : said);
    pressure.close();
  });

  it('is refused while the event loop is behind from one look to the next, not for one long pause', () => {
    vi.useFakeTimers();
    const lags = [0, 3, 0.1, 1, 1, 1.25, 2, 1];
    const { pressure } = opened(() => ({ lag: lags.shift() ?? 0 }));
    const told = Array.from({ length: 7 }, () => {
      vi.advanceTimersByTime(1_000);
      return pressure.now();
    });
    vi.useRealTimers();
    expect(told).toEqual([null, null, null, null, null, 'the server is 1.3 s behind', null]);
    pressure.close();
  });

  it('waits while as much is on its way in as may be, and is taken when a place is free', () => {
    const { pressure } = opened();
    const [first, second] = [pressure.enter(6 * MIB), pressure.enter(4 * MIB)];
    expect(refusal(() => pressure.enter(1))).toBe('10 MiB of readings are on their way in, more than 10 MiB may be');
    expect(pressure.now()).toContain('on their way in');
    second.release();
    second.release();
    expect(refusal(() => pressure.enter(4 * MIB))).toBe('taken');
    expect(refusal(() => pressure.enter(1))).not.toBe('taken');
    first.release();
    pressure.close();
  });

  it('that is longer than all that may be is taken alone', () => {
    const { pressure } = opened();
    const long = pressure.enter(11 * MIB);
    expect(refusal(() => long.grow(12 * MIB))).toBe('taken');
    expect(refusal(() => pressure.enter(0))).not.toBe('taken');
    long.release();
    pressure.close();
  });

  it('that becomes longer than it said is refused where others are there', () => {
    const { pressure } = opened();
    const [first, second] = [pressure.enter(0), pressure.enter(0)];
    first.grow(6 * MIB);
    expect(refusal(() => second.grow(4 * MIB))).toBe('taken');
    expect(refusal(() => second.grow(4 * MIB + 1))).not.toBe('taken');
    // What was refused takes no place any more, however much of it still comes.
    expect(refusal(() => second.grow(9 * MIB))).toBe('taken');
    expect(refusal(() => pressure.enter(4 * MIB))).toBe('taken');
    expect(refusal(() => pressure.enter(1))).not.toBe('taken');
    first.release();
    pressure.close();
  });

  it('that is refused is told in the log once, not for every sender', () => {
    const { pressure, warned } = opened(() => ({ heap: 1 }));
    for (let index = 0; index < 50; index += 1) refusal(() => pressure.enter(1));
    expect(warned).toHaveLength(1);
    pressure.close();
  });
});

const ROWS = 20_000;
const SENDERS = 40;
const LIMIT = 16;
let seq = 0;
/** A batch of some 4 MB of JSON, all of it readings, about a GPU of its own. */
const bigBatch = () => {
  seq += 1;
  const now = Math.floor(Date.now() / 1000);
  const t = Array.from({ length: ROWS }, (_, row) => now - ROWS + row);
  const column = (offset: number) => Array.from({ length: ROWS }, (_, row) => Math.round(((row % 97) / 97) * 1e15) / 1e15 + offset);
  const columns = Object.fromEntries(
    [
      'gpu.util',
      'gpu.smActive',
      'gpu.dramActive',
      'gpu.tensorActive',
      'gpu.grActive',
      'gpu.fp16Active',
      'gpu.fp32Active',
      'gpu.memUtil',
      'gpu.fp64Active',
      'gpu.immaActive',
      'gpu.hmmaActive',
      'gpu.dfmaActive',
    ].map((id) => [id, column(0)]),
  );
  const uuid = `GPU-load-${seq}`;
  return {
    uuid,
    body: Buffer.from(JSON.stringify({ source: 'load', seq, node: 'n1', blocks: [{ entity: { kind: 'gpu', id: uuid, node: 'n1' }, t, columns }] })),
  };
};

describe('many senders before a slow disk', () => {
  let disk: Promise<void> = Promise.resolve();
  /** Nothing more is written until what this gives is called. */
  const stalled = (): (() => void) => {
    let goOn: () => void = () => undefined;
    disk = new Promise((resolve) => (goOn = resolve));
    return goOn;
  };
  /** How many senders were told to come again, in all. */
  let refusals = 0;
  let service: TestService;
  let app: App;
  let address = '';
  beforeAll(async () => {
    service = await startService({ env: { HEADROOM_INGEST_MB: String(LIMIT) } });
    const { service: inner } = service.running;
    const slow: Ingest = {
      ...inner.ingest,
      batch: async (body, origin) => {
        await disk;
        return inner.ingest.batch(body, origin);
      },
    };
    app = await buildApp({ service: { ...inner, ingest: slow }, web: dataFolder(), cookie: 'headroom-0', isOwner: () => false, address: () => address });
    address = await app.listen({ host: '127.0.0.1', port: 0 });
  });
  afterAll(async () => {
    await app.close();
    await service.stop();
    removeFolders();
  });

  const post = (body: Buffer, headers: Record<string, string> = {}) =>
    new Promise<{ status: number; retryAfter: string | undefined; reply: { durable?: number; error?: string } }>((resolve, reject) => {
      const asking = request(
        `${address}/api/ingest`,
        {
          method: 'POST',
          agent: false,
          headers: { authorization: `Bearer ${service.token}`, 'content-type': 'application/json', 'content-length': body.length, ...headers },
        },
        (response) => {
          let text = '';
          response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
          if (response.statusCode === 503) refusals += 1;
          response.on('end', () =>
            resolve({ status: response.statusCode ?? 0, retryAfter: response.headers['retry-after'], reply: JSON.parse(text) as { durable?: number } }),
          );
        },
      );
      asking.on('error', reject);
      asking.end(body);
    });
  const health = async () => (await (await fetch(`${address}/api/health`)).json()) as Health;
  const get = (path: string) => fetch(`${address}${path}`, { headers: { authorization: `Bearer ${service.token}` } });
  const small = () => Buffer.from(JSON.stringify({ source: 'small', seq: (seq += 1), blocks: [] }));

  it('are told to come again before memory grows; what was acknowledged is there, and everything can be read meanwhile', async () => {
    const batches = Array.from({ length: SENDERS }, bigBatch);
    expect(batches[0]?.body.length).toBeGreaterThan(4 * MIB);
    const before = process.memoryUsage.rss();
    const goOn = stalled();
    let most = before;
    const watching = setInterval(() => (most = Math.max(most, process.memoryUsage.rss())), 20);
    const sent = batches.map(async ({ uuid, body }) => ({ uuid, ...(await post(body)) }));
    await expect.poll(() => refusals).toBeGreaterThan(SENDERS / 2);
    const meanwhile = await Promise.all([health(), get('/api/overview'), get('/api/nodes')]);
    goOn();
    const replies = await Promise.all(sent);
    clearInterval(watching);

    expect(meanwhile[0].pressure).toContain('on their way in');
    expect(meanwhile.slice(1).map((reply) => (reply as Response).status)).toEqual([200, 200]);
    const [taken, refused] = [replies.filter(({ status }) => status === 200), replies.filter(({ status }) => status === 503)];
    expect(taken.length + refused.length).toBe(SENDERS);
    expect(taken.length).toBeGreaterThan(0);
    expect(refused.length).toBeGreaterThan(SENDERS / 2);
    expect(refused.every(({ retryAfter }) => Number(retryAfter) > 0)).toBe(true);
    expect((most - before) / MIB).toBeLessThan(300);

    const { store } = service.running.service;
    const entities = replies.map(({ uuid }) => ({ kind: 'gpu' as const, id: uuid }));
    const tables = await store.series.tables({ entities, from: 0, to: Date.now() / 1000 + 1 });
    const rows = new Map(tables.map((table) => [table.entity.id, table.t.length]));
    expect(taken.map(({ uuid }) => rows.get(uuid))).toEqual(taken.map(() => ROWS));
    expect(refused.filter(({ uuid }) => rows.has(uuid))).toEqual([]);
    expect((await post(small())).status).toBe(200);
  });

  it('are refused though neither a length nor a compressed body says how much there is', async () => {
    const bodies = Array.from({ length: 12 }, () => gzipSync(bigBatch().body, { level: 1 }));
    const goOn = stalled();
    const outcomes: number[] = [];
    const sent = bodies.map((body) =>
      post(body, { 'content-encoding': 'gzip' }).then(
        ({ status }) => outcomes.push(status),
        () => outcomes.push(503), // the reply may be cut off with the body
      ),
    );
    await expect.poll(() => outcomes.length).toBeGreaterThan(4);
    goOn();
    await Promise.all(sent);
    expect(outcomes.filter((status) => status === 200).length).toBeGreaterThan(0);
    expect(outcomes.filter((status) => status === 503).length).toBeGreaterThan(4);
    expect((await post(small())).status).toBe(200);
  });

  it('are no reason to cut a stream that is open', async () => {
    const open = openStream(address, 'node=steady', service.token);
    const row = (watts: number) => `    0     ${watts}     61     58     97     64      0      0      0      0   1215   1410\n`;
    open.request.write(
      '# gpu     pwr  gtemp  mtemp     sm    mem    enc    dec    jpg    ofa   mclk   pclk\n# Idx       W      C      C      %      %      %      %      %      %    MHz    MHz\n',
    );
    open.request.write(row(300) + row(301));
    const [goOn, before] = [stalled(), refusals];
    const load = Promise.all(Array.from({ length: 8 }, () => post(bigBatch().body)));
    await expect.poll(() => refusals).toBeGreaterThan(before);
    open.request.write(row(302) + row(303));
    goOn();
    await load;
    open.request.end();
    await open.ended;
    expect(open.lines.at(-1)).toMatchObject({ end: 'the sender ended the stream', rejected: 0 });
    expect(Number(open.lines.at(-1)?.['durable'])).toBeGreaterThan(0);
  });
});
