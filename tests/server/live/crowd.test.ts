import { io, type Socket } from 'socket.io-client';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { ClientToServer, JobRow, LiveRows, Overview, ServerToClient, WatchReply, WatchTarget } from '../../../core/contract/index.ts';
import { gpuBatch, removeFolders, startService, type TestService } from '../../support/service.ts';

type Page = Socket<ServerToClient, ClientToServer>;
const JOBS = 1_200;
let service: TestService;
let session: Record<string, string> = {};
const pages: Page[] = [];
const seconds = () => Date.now() / 1000;

beforeAll(async () => {
  service = await startService();
  session = await service.signIn();
  const { jobs } = service.running.service;
  const start = seconds() - 600;
  const declare = (index: number) => {
    const node = `n${index}`;
    const job = { name: `job ${index}`, start, state: 'running' as const, nodes: [node], gpus: [{ uuid: `GPU-${index}`, node }] };
    return jobs.declare({ kind: 'system' }, { cluster: 'c', id: String(index) }, job);
  };
  await Promise.all(Array.from({ length: JOBS }, (_, index) => declare(index)));
}, 300_000);
afterEach(() => {
  for (const page of pages.splice(0)) page.close();
});
afterAll(async () => {
  await service.stop();
  removeFolders();
});

const connect = async (): Promise<Page> => {
  const page: Page = io(service.address, { transports: ['websocket'], extraHeaders: session, forceNew: true, reconnectionDelay: 50 });
  pages.push(page);
  await new Promise<void>((resolve) => page.once('connect', () => resolve()));
  return page;
};
const watch = (page: Page, target: WatchTarget) => new Promise<WatchReply>((resolve) => page.emit('watch', target, resolve));
const listen = (page: Page) => {
  const heard = { events: 0, ids: new Set<string>(), loads: new Map<string, number | null>() };
  page.on('rows', ({ rows }: LiveRows) => {
    heard.events += 1;
    for (const row of rows) {
      heard.ids.add(row.job.id);
      if (row.job.cluster === 'load') heard.loads.set(row.job.id, row.grade);
    }
  });
  return heard;
};
/** Every job's readings of now, in one batch. */
let seq = 0;
const sendAll = async () => {
  const batches = Array.from({ length: JOBS }, (_, index) => gpuBatch('crowd', 0, `GPU-${index}`, [seconds()], { 'gpu.util': [0.5] }, `n${index}`));
  const blocks = batches.flatMap((batch) => (batch as { blocks: object[] }).blocks);
  const reply = await service.ingest({ source: 'crowd', seq: (seq += 1), blocks });
  expect(reply.status).toBe(200);
};
/** What a page's connection can be told: to read nothing more, and to go on. */
const wireOf = (page: Page) => (page.io.engine.transport as unknown as { ws: { _socket: { pause(): void; resume(): void } } }).ws._socket; // there is no public way to be a slow reader
const soon = <T>(look: () => T | Promise<T>) => vi.waitFor(look, { timeout: 240_000, interval: 50 });

describe(`${JOBS} running jobs`, () => {
  it('reach a page that joins, each of them, in few events; who was there before hears nothing twice', async () => {
    const before = await connect();
    await watch(before, { kind: 'overview' });
    const held = await service.get<Overview>('/api/overview');
    expect(held.running).toHaveLength(JOBS);
    const old = listen(before);
    const page = await connect();
    const fresh = listen(page);
    await watch(page, { kind: 'overview', since: 0 });
    await soon(() => expect(fresh.ids.size).toBe(JOBS));
    expect(fresh.events).toBe(3);
    expect(old.events).toBe(0);
  });

  it('reach everybody as they are judged, some hundred to an event', async () => {
    const page = await connect();
    const heard = listen(page);
    await watch(page, { kind: 'overview', since: (await service.get<Overview>('/api/overview')).now });
    const began = performance.now();
    await sendAll();
    await soon(() => expect(heard.ids.size).toBe(JOBS));
    // Four times a second, however long a busy machine takes to judge them; without bundling there would be one for each.
    const beats = (4 * (performance.now() - began)) / 1_000;
    expect(heard.events).toBeLessThan(JOBS / 10 + beats);
    expect(heard.events).toBeLessThan(JOBS / 2);
  });

  it('are no gap between an answer and the join after it', async () => {
    const { now } = await service.get<Overview>('/api/overview');
    const told = service.running.service.analyses;
    await sendAll();
    await soon(() => expect(told.changedSince(now)).toHaveLength(JOBS)); // judged before the page has joined
    const page = await connect();
    const heard = listen(page);
    await watch(page, { kind: 'overview', since: now });
    await soon(() => expect(heard.ids.size).toBe(JOBS));
  });

  it('let a page go that does not read, once, and nobody else; it comes back and catches up', async () => {
    const { hub } = service.running.service;
    const [slow, quick] = [await connect(), await connect()];
    await watch(slow, { kind: 'overview' });
    await watch(slow, { kind: 'job', cluster: 'c', id: '0' });
    await watch(quick, { kind: 'overview' });
    const heard = listen(quick);
    const ends: { slow: string[]; quick: string[] } = { slow: [], quick: [] };
    slow.on('disconnect', (reason) => ends.slow.push(reason));
    quick.on('disconnect', (reason) => ends.quick.push(reason));
    const back = new Promise<void>((resolve) => slow.once('connect', () => resolve()));
    const wire = wireOf(slow);
    wire.pause();

    const { running } = await service.get<Overview>('/api/overview');
    const wide = (grade: number): JobRow[] => running.map((row) => ({ ...row, job: { ...row.job, cluster: 'load' }, grade, findings: ['x'.repeat(3_000)] }));
    let round = 0;
    // Some megabytes each: the operating system's buffers fill first, then the server's patience.
    while (hub.watched('job:c/0') && round < 40) {
      round += 1;
      for (const row of wide(round / 100)) hub.row(row);
      await soon(() => expect(heard.loads.get(String(JOBS - 1))).toBe(round / 100));
    }
    expect(hub.watched('job:c/0')).toBe(false);
    wire.resume();
    await back;
    expect(ends).toEqual({ slow: [expect.stringMatching(/transport|server/)], quick: [] });
    expect(heard.loads.size).toBe(JOBS);
    expect(new Set(heard.loads.values())).toEqual(new Set([round / 100]));

    const missed = listen(slow);
    await watch(slow, { kind: 'overview', since: 0 });
    await soon(() => expect(missed.ids.size).toBe(JOBS));
  });
});
