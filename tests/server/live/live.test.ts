import { io, type Socket } from 'socket.io-client';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { ClientToServer, LiveReadings, LiveRows, Overview, ServerStatus, ServerToClient, WatchReply, WatchTarget } from '../../../core/contract/index.ts';
import { ask, gpuBatch, removeFolders, startService, type TestService } from '../../support/service.ts';

type Page = Socket<ServerToClient, ClientToServer>;
let service: TestService;
let session: Record<string, string> = {};
const pages: Page[] = [];
beforeAll(async () => {
  service = await startService();
  session = await service.signIn();
  const start = Date.now() / 1000 - 300;
  await ask(service.address, '/api/jobs/c/1', {
    method: 'PUT',
    body: JSON.stringify({ name: 'one', start, state: 'running', nodes: ['n1'], gpus: [{ uuid: 'GPU-1', node: 'n1' }] }),
    headers: { authorization: `Bearer ${service.token}`, 'content-type': 'application/json' },
  });
});
afterEach(() => {
  for (const page of pages.splice(0)) page.close();
});
afterAll(async () => {
  await service.stop();
  removeFolders();
});

const connect = (headers: Record<string, string>): Page => {
  const page: Page = io(service.address, { transports: ['websocket'], extraHeaders: headers, reconnection: false, forceNew: true });
  pages.push(page);
  return page;
};
const once = <T>(page: Page, event: 'readings' | 'rows' | 'status', wanted: (value: T) => boolean = () => true): Promise<T> =>
  new Promise((resolve) => {
    page.on(event, ((value: T) => {
      if (wanted(value)) resolve(value);
    }) as never); // the event's own argument
  });
const refusal = (page: Page) =>
  new Promise<string>((resolve, reject) => {
    page.on('connect_error', (error) => resolve(error.message));
    page.on('connect', () => reject(new Error('it was let in')));
  });
const watch = (page: Page, target: WatchTarget) => new Promise<WatchReply>((resolve) => page.emit('watch', target, resolve));
let seq = 0;
const send = (watts: number, uuid = 'GPU-1', node = 'n1') =>
  service.ingest(gpuBatch('live', (seq += 1), uuid, [Date.now() / 1000], { 'gpu.power': [watts], 'gpu.util': [0.5] }, node));

describe('a page', () => {
  it('hears the server’s status at once', async () => {
    const page = connect(session);
    const status = await once<ServerStatus>(page, 'status');
    expect(status).toMatchObject({ demo: false, trouble: null });
    expect(Math.abs(status.now - Date.now() / 1000)).toBeLessThan(60);
  });

  it('that watches a job gets its new readings as they come, and those of no other', async () => {
    const page = connect(session);
    expect(await watch(page, { kind: 'job', cluster: 'c', id: '1' })).toEqual({ ok: true, room: 'job:c/1' });
    const heard: LiveReadings[] = [];
    page.on('readings', (readings) => heard.push(readings));
    await send(7, 'GPU-other');
    const arrived = once<LiveReadings>(page, 'readings');
    await send(321);
    expect(await arrived).toMatchObject({ room: 'job:c/1', blocks: [{ entity: { id: 'GPU-1' }, columns: { 'gpu.power': [321] } }] });
    expect(heard.flatMap((readings) => readings.blocks).map((block) => block.entity.id)).toEqual(['GPU-1']);
  });

  it('that no longer watches hears no more', async () => {
    const page = connect(session);
    const target = { kind: 'job', cluster: 'c', id: '1' } as const;
    await watch(page, target);
    page.emit('unwatch', target);
    await watch(page, { kind: 'overview' });
    let heard = 0;
    page.on('readings', () => (heard += 1));
    const other = connect(session);
    await watch(other, target);
    const arrived = once<LiveReadings>(other, 'readings');
    await send(5);
    await arrived;
    await watch(page, { kind: 'overview' }); // what was sent to this page before its answer has come by then
    expect(heard).toBe(0);
  });

  it('that watches a node hears readings of no job too', async () => {
    await send(1, 'GPU-free', 'n9');
    const page = connect(session);
    expect(await watch(page, { kind: 'node', node: 'n9' })).toEqual({ ok: true, room: 'node:n9' });
    const arrived = once<LiveReadings>(page, 'readings');
    await send(2, 'GPU-free', 'n9');
    expect((await arrived).blocks[0]?.entity.id).toBe('GPU-free');
  });

  it('that watches the overview gets the rows that changed since the answer it holds, and no other page gets them again', async () => {
    const settled = connect(session);
    await watch(settled, { kind: 'overview' });
    let again = 0;
    settled.on('rows', () => (again += 1));
    const held = await service.get<Overview>('/api/overview');
    await send(9);
    const row = once<LiveRows>(
      connect(session).emit('watch', { kind: 'overview', since: held.now - 3_600 }, () => undefined),
      'rows',
    );
    expect((await row).rows.map(({ job }) => job.name)).toEqual(['one']);
    const late = connect(session);
    const heard: LiveRows[] = [];
    late.on('rows', (rows) => heard.push(rows));
    await watch(late, { kind: 'overview', since: (await service.get<Overview>('/api/overview')).now });
    await watch(late, { kind: 'node', node: 'n1' }); // replies come in order: what joining brings has come by now
    expect(heard).toEqual([]);
    expect(again).toBeLessThanOrEqual(1);
  });

  it('cannot watch what is not there, and nonsense takes nothing down', async () => {
    const page = connect(session);
    expect(await watch(page, { kind: 'job', cluster: 'c', id: 'none' })).toEqual({ ok: false, reason: 'job none of cluster c is not known here' });
    expect(await watch(page, { kind: 'node', node: 'none' })).toMatchObject({ ok: false });
    for (const nonsense of [null, 7, {}, { kind: 'job' }, { kind: 'node', node: '' }, { kind: 'job', cluster: {}, id: [] }]) {
      expect(await watch(page, nonsense as never)).toMatchObject({ ok: false });
    }
    (page as unknown as { emit(event: string, ...rest: unknown[]): void }).emit('watch');
    expect(page.connected).toBe(true);
  });
});

describe('who is let in', () => {
  it('is not somebody without a session', async () => {
    expect(await refusal(connect({}))).toContain('not signed in');
    expect(await refusal(connect({ cookie: 'headroom-0=wrong' }))).toContain('not signed in');
  });

  it('is not a page of another site, or of a name that points here', async () => {
    expect(await refusal(connect({ ...session, origin: 'http://evil.example.com' }))).toContain('another site');
    expect(await refusal(connect({ ...session, host: 'evil.example.com' }))).toContain('another site');
  });
});

describe('stopping', () => {
  it('disconnects pages instead of waiting for them', async () => {
    const other = await startService();
    const page: Page = io(other.address, { transports: ['websocket'], extraHeaders: await other.signIn(), reconnection: false, forceNew: true });
    await once<ServerStatus>(page, 'status');
    const gone = new Promise((resolve) => page.on('disconnect', resolve));
    await other.stop();
    await gone;
    page.close();
  });
});
