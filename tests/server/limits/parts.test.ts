// Past the door of several rooms of server: a part is driven to a bound that a running service would need very much to meet.
import { createClient } from '@libsql/client';
import { io, type Socket } from 'socket.io-client';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { DrawnReply, DrawnSeries, WatchReply, WatchTarget } from '../../../core/contract/index.ts';
import type { EntityRef, SourceEvent, Table } from '../../../core/readings/index.ts';
import { hold, nothing, type Waiting } from '../../../server/analysis/pending.ts';
import { answerSeries } from '../../../server/answers/series.ts';
import { Problem } from '../../../server/http/index.ts';
import { streamedJobs } from '../../../server/jobs/streamed.ts';
import { holdingsOf } from '../../../server/ownership/holdings.ts';
import { jobIndex, openSpeaking, placesOfThings } from '../../../server/ownership/index.ts';
import { newSigns } from '../../../server/ownership/signs.ts';
import { seriesReply } from '../../../server/routes/series-reply.ts';
import { BOUNDS, type BoundKey } from '../../../server/settings/index.ts';
import { append } from '../../../server/store/series/append.ts';
import { packIntake } from '../../../server/store/series/pack-intake.ts';
import { openState } from '../../../server/store/series/state.ts';
import { connectionConfig } from '../../../server/store/sqlite/index.ts';
import { batchOf, gpu } from '../../support/batches.ts';
import { temporaryFolder } from '../../support/folders.ts';
import { aJob } from '../../support/jobs.ts';
import { sendersWith } from '../../support/senders.ts';
import { ask, removeFolders, startService, type TestService } from '../../support/service.ts';
import { seriesForTest, storeForTest } from '../../support/store.ts';

const most = (key: BoundKey): number => BOUNDS.find((one) => one.key === key)?.bound.value ?? Number.NaN;
const problemOf = async (asked: () => unknown): Promise<Problem> => {
  try {
    await asked();
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
  throw new Error('it was let in');
};
const process = (index: number) => ({ kind: 'process', id: `p/${index}`, node: 'n1' }) as const;

let service: TestService;
const seconds = () => Date.now() / 1000;
const block = (entity: object, metric: string) => ({ entity, t: [seconds()], columns: { [metric]: [0.5] } });
beforeAll(async () => {
  service = await startService();
}, 120_000);
afterAll(async () => {
  await service.stop();
  removeFolders();
}, 60_000);

describe('a page', () => {
  it('watches 64 things at a time, however many it asks for at once; one that it leaves makes room', async () => {
    const nodes = Array.from({ length: most('Live pages.rooms') + 20 }, (_, index) => `watched-${index}`);
    const reply = await service.ingest({ source: 'rooms', seq: 1, blocks: nodes.map((node) => block({ kind: 'host', id: node }, 'host.cpu')) });
    expect(reply.status).toBe(200);
    const page: Socket = io(service.address, { transports: ['websocket'], extraHeaders: { authorization: `Bearer ${service.token}` }, forceNew: true });
    await new Promise<void>((resolve) => page.once('connect', () => resolve()));
    const watch = (node: string) => new Promise<WatchReply>((resolve) => page.emit('watch', { kind: 'node', node } satisfies WatchTarget, resolve));
    const replies = await Promise.all(nodes.map(watch));
    expect(replies.filter(({ ok }) => ok)).toHaveLength(most('Live pages.rooms'));
    expect(replies.at(-1)).toMatchObject({ ok: false, reason: expect.stringContaining('64 things') as string });
    expect(await watch(nodes[0] ?? '')).toMatchObject({ ok: true }); // what it watches already
    page.emit('unwatch', { kind: 'node', node: nodes[1] });
    expect(await watch(nodes.at(-1) ?? '')).toMatchObject({ ok: true });
    page.close();
  });

  it('of a node lists a thousand things, those heard last', async () => {
    const many = most('Questions.partsOfNode') + 5;
    const at = seconds() - many;
    const blocks = Array.from({ length: many }, (_, index) => ({ entity: process(index), t: [at + index], columns: { 'process.cpu': [0.5] } }));
    expect((await service.ingest({ source: 'parts', seq: 1, node: 'n1', blocks })).status).toBe(200);
    const { entities } = await service.get<{ entities: { id: string }[] }>('/api/nodes/n1');
    expect(entities).toHaveLength(most('Questions.partsOfNode'));
    const ids = new Set(entities.map(({ id }) => id));
    expect([ids.has(process(many - 1).id), ids.has(process(0).id)]).toEqual([true, false]);
  });

  it('of a node with thousands of things that are only spoken of reads the facts of those it lists', async () => {
    const facts = Array.from({ length: 3_000 }, (_, index) => ({
      entity: { kind: 'engine', id: `G-0-${index}`, node: 'n-spoken' },
      name: 'model',
      value: 'x',
    }));
    const blocks = [{ entity: { kind: 'host', id: 'n-spoken' }, t: [seconds()], columns: { 'host.cpu': [0.5] } }];
    expect((await service.ingest({ source: 'spoken', seq: 1, node: 'n-spoken', blocks, facts })).status).toBe(200);
    const asked = vi.spyOn(service.running.service.store.facts, 'facts');
    const { entities } = await service.get<{ entities: { id: string }[] }>('/api/nodes/n-spoken');
    expect(entities.map(({ id }) => id)).toEqual(['n-spoken']);
    const read = await Promise.all(asked.mock.results.map(({ value }) => value as Promise<unknown[]>));
    expect(asked).toHaveBeenCalled();
    expect(read.flat()).toEqual([]);
    asked.mockRestore();
  });
});

describe('who is let in', () => {
  const headers = () => ({ authorization: `Bearer ${service.token}`, 'content-type': 'application/json' });
  const issue = () => ask(service.address, '/api/tokens', { method: 'POST', headers: headers(), body: JSON.stringify({ name: 'over', scope: 'read' }) });

  it('a thousand browsers: with the next one the session ends that was used longest ago, and its page hears 401', async () => {
    const { sessions, tokens } = service.running.service.store;
    const first = await service.signIn();
    expect((await ask(service.address, '/api/overview', { headers: first })).status).toBe(200);
    const from = { id: 'a page', name: 'a page' };
    const open = () => sessions.open({ principal: 'operator', from, expires: seconds() + 600 });
    for (let index = 1; index < most('Access.sessions'); index += 1) await open();
    expect((await ask(service.address, '/api/overview', { headers: first })).status).toBe(200);
    await open();
    expect((await ask(service.address, '/api/overview', { headers: first })).status).toBe(401);
    await tokens.revoke('a page');
  });

  it('ten thousand tokens: the next one is refused with 409, and one that is revoked makes room', async () => {
    const { tokens } = service.running.service.store;
    // To write so many takes half a minute: all but the real ones are pretended.
    const { count } = tokens;
    const pretended = most('Access.tokens') - count(seconds()) - 1;
    const spied = vi.spyOn(tokens, 'count').mockImplementation((at) => pretended + count(at));
    expect((await issue()).status).toBe(201);
    const { status, text } = await issue();
    expect(`${status} ${text}`).toMatch(/^409 .*“tokens” \(10000\)/);
    expect((await ask(service.address, '/api/session', { headers: headers() })).status).toBe(200); // those that are there stay
    await tokens.revoke('over');
    expect((await issue()).status).toBe(201);
    spied.mockRestore();
  });
});

describe('jobs', () => {
  it('hold a million places together: a declaration that would add one is refused, one that adds none is not', async () => {
    const told: object[] = [];
    const places = most('Jobs.places');
    const index = { ...jobIndex(), size: () => ({ jobs: 1, places }) };
    const senders = sendersWith({ index, log: { warn: (about) => void told.push(about) } });
    const before = aJob('1', { nodes: ['n1'] });
    expect(() => senders.mayAdd(before, { nodes: ['n2'] })).not.toThrow();
    expect(() => senders.mayAdd(undefined, {})).not.toThrow();
    const { status, error, retryAfter, remedy } = await problemOf(() => senders.mayAdd(before, { nodes: ['n1', 'n2'] }));
    expect([status, error, retryAfter]).toEqual([429, 'the limit “places of jobs” (1000000) is reached', 600]);
    expect(remedy).not.toContain('HEADROOM'); // no variable raises it
    expect(told).toEqual([{ limit: 'places of jobs' }]);
  });

  it('that only a stream named are a thousand: the oldest are forgotten', async () => {
    const streamed = streamedJobs({ setting: () => Promise.resolve(null), setSetting: () => Promise.resolve() });
    for (let index = 0; index <= most('Jobs.streamed'); index += 1) await streamed.add(`c/${index}`);
    expect(streamed.all()).toHaveLength(most('Jobs.streamed'));
    expect([streamed.has('c/0'), streamed.has('c/1'), streamed.has(`c/${most('Jobs.streamed')}`)]).toEqual([false, true, true]);
  });
});

describe('an answer', () => {
  const column = new Float64Array(most('Questions.answer') / 2);
  const drawn = (id: string, rows: number): DrawnSeries => {
    const values = column.subarray(0, rows);
    return { entity: { kind: 'gpu', id, node: 'n1' }, metric: 'gpu.util', unit: 'ratio', t: values, mean: values, min: values, max: values };
  };

  it('has two million points at most: reading stops there', async () => {
    let asked = 0;
    const rowsOf = (rows: readonly number[]) => ({
      store: { series: { range: async () => ((asked += 1) <= rows.length ? [drawn(`${asked}`, rows[asked - 1] ?? 0)] : []) } },
    });
    const half = most('Questions.answer') / 2;
    const held = Array.from({ length: 6 }, (_, index) => ({ entity: gpu(`${index}`, 'n1'), spans: [{ from: 0, to: 1e9 }] }));
    const question = { held, metrics: 'gpu.util', from: 0, to: 1e9, points: half, gone: null };
    const answered = (rows: readonly number[]) => {
      asked = 0;
      return answerSeries(rowsOf(rows) as never, question); // of the store it asks for series only
    };
    expect((await answered([half, half])).series).toHaveLength(2);
    const { status, error } = await problemOf(() => answered([half, half, 1, 1, 1, 1]));
    expect([status, error]).toEqual([400, 'the limit “points of an answer” (2000000) is reached']);
    expect(asked).toBeLessThan(6);
    // The parts of several spans are one answer.
    asked = 0;
    const spans = [held[0], { entity: gpu('9', 'n1'), spans: [{ from: 0, to: 5e8 }] }, { entity: gpu('8', 'n1'), spans: [{ from: 0, to: 6e8 }] }];
    const inParts = { ...question, held: spans.flatMap((one) => one ?? []) };
    expect((await problemOf(() => answerSeries(rowsOf([half, half, half]) as never, inParts))).status).toBe(400);
  });

  it('is weighed while it is read: where there is no room for it reading stops', async () => {
    let asked = 0;
    const store = { series: { range: async () => ((asked += 1), [drawn(`${asked}`, 5_000)]) } };
    const held = Array.from({ length: 400 }, (_, index) => ({ entity: gpu(`${index}`, 'n1'), spans: [{ from: 0, to: 1e9 }] }));
    const weights: number[] = [];
    const turn = {
      weigh: (bytes: number) => {
        weights.push(bytes);
        if (weights.length === 3) throw new Problem(503, { error: 'full', where: 'query', remedy: 'wait' });
      },
    };
    const question = { held, metrics: 'gpu.util', from: 0, to: 1e9, points: 5_000, turn };
    expect((await problemOf(() => answerSeries({ store } as never, question))).status).toBe(503);
    expect([asked, weights]).toEqual([3, [160_000, 320_000, 480_000]]);
  });

  it('as JSON has 400,000: typed columns may have more', async () => {
    const reply = (rows: number): DrawnReply => ({ from: 0, to: 1, series: [drawn('a', rows)], absent: [] });
    let sent = 0;
    const answer = (accept: string | undefined, rows: number) => {
      const channel = { header: () => channel, type: () => channel, send: (body: Buffer) => void (sent = body.length) };
      return seriesReply({ headers: { accept } } as never, channel as never, reply(rows)); // all that it looks at and calls
    };
    const edge = most('Questions.jsonAnswer');
    expect(answer(undefined, edge)).toBeDefined();
    const { status, error, remedy } = await problemOf(() => answer('application/json', edge + 1));
    expect([status, error]).toEqual([400, 'the limit “points of an answer as JSON” (400000) is reached']);
    expect(remedy).toContain('application/vnd.headroom.series');
    expect(answer('application/vnd.headroom.series', edge + 1)).toBeUndefined();
    expect(sent).toBeGreaterThan(edge);
  });
});

describe('what is remembered', () => {
  it('of whose an engine or process is: 200,000, the oldest are forgotten', () => {
    const signs = newSigns();
    for (let index = 0; index <= most('Ownership.signs'); index += 1) signs.claim(process(index), 'c/1');
    expect([signs.claimOf(process(0)), signs.claimOf(process(1)), signs.claimOf(process(most('Ownership.signs')))]).toEqual([undefined, 'c/1', 'c/1']);
  });

  it('of agents that speak for their nodes: 200,000, the oldest are forgotten and may be spoken for', () => {
    const store = { setting: () => Promise.resolve(null), setSetting: () => Promise.resolve() };
    const senders = sendersWith({ agents: openSpeaking({ store, now: () => 10_000, failed: () => undefined }) });
    const anybody = senders.door({ kind: 'system' });
    const job = senders.door({ kind: 'job', cluster: 'c', id: '1' });
    const host = (index: number): EntityRef => ({ kind: 'host', id: `n${index}` });
    for (let index = 0; index < most('Ownership.speaking'); index += 1) anybody.foreign(host(index));
    expect(job.foreign(host(0))).toContain('an agent of its own');
    anybody.foreign(host(-1));
    expect([job.foreign(host(0)) === null, job.foreign(host(1)) === null]).toEqual([true, false]);
  });

  it('of where things were heard last: 400,000, the oldest are forgotten', () => {
    const things = placesOfThings();
    for (let index = 0; index <= most('Ownership.whereabouts'); index += 1) things.restore(gpu(`${index}`, 'n1'), index);
    expect([0, 1, most('Ownership.whereabouts')].map((index) => things.placeOf(gpu(`${index}`, 'n1'))?.at)).toEqual([undefined, 1, 400_000]);
  });

  it('of times that a thing was a job’s: the latest 200', async () => {
    const own = aJob('1', { start: 0, end: 100_000, nodes: ['n1'] });
    // Short neighbours cut the time in which it is alone.
    const others = Array.from({ length: most('Ownership.spans') + 50 }, (_, index) =>
      aJob(`o${index}`, { start: 100 * index + 50, end: 100 * index + 60, nodes: ['n1'] }),
    );
    const row = { entity: process(1), metrics: [], last: 99_999 };
    const store = { series: { entities: () => Promise.resolve([row]) }, jobs: { beside: () => Promise.resolve(others) }, facts: {} };
    const [holding] = await holdingsOf({ store: store as never, index: jobIndex() }, own, 100_000); // all that it asks of it
    expect(holding?.spans).toHaveLength(most('Ownership.spans'));
    expect(holding?.spans.at(-1)).toEqual({ from: 24_960, to: 100_000 });
  });

  it('between two verdicts of a job: 50,000 tables, which go to its tracker then; while its past is read, they are read again', () => {
    const table: Table = { entity: gpu('a', 'n1'), t: Float64Array.of(1), columns: new Map([['gpu.util', Float64Array.of(1)]]), facts: new Map() };
    const entry = (restoring: boolean) => {
      const pushed: number[] = [];
      const waiting: Waiting = {
        tracker: { push: (tables) => void pushed.push(tables.length) },
        lastReadingAt: null,
        dirty: false,
        pending: nothing(),
        restoring,
        overflown: false,
      };
      for (let index = 0; index < 2 * most('Verdicts.held'); index += 50) {
        if (waiting.overflown) break;
        hold(waiting, { tables: Array.from({ length: 50 }, () => table), facts: [], events: [] }); // a delivery's parts
        expect(waiting.pending.tables.length).toBeLessThanOrEqual(most('Verdicts.held') + 50);
      }
      return { pushed, waiting };
    };
    expect(entry(false).pushed).toHaveLength(1);
    const { pushed, waiting } = entry(true);
    expect([pushed.length, waiting.overflown, waiting.pending.tables.length]).toEqual([0, true, 0]);
  });
});

describe('the store', () => {
  it('holds 128 MiB of open readings in memory, and as much of them on disk: beyond it asks to be relieved with the next batch', async () => {
    const state = await openState(`${temporaryFolder()}/series.db`, { rawDays: 30, rollupDays: 400 });
    const put = async (seq: number) =>
      (await append(state, { batches: [packIntake(batchOf(gpu('a'), [seq], { 'gpu.power': [1] }, { seq }))], at: 1000 })).pressed;
    expect(await put(1)).toBe(false);
    for (const bytes of ['headBytes', 'walBytes'] as const) {
      const before = state[bytes];
      state[bytes] = most('Store.open') - 10_000;
      expect(await put(bytes.length)).toBe(false);
      state[bytes] = most('Store.open') + 1;
      expect(await put(bytes.length + 20)).toBe(true);
      state[bytes] = before;
    }
    await state.file.db.$disconnect();
  });

  const event = (at: number, text = `${at}`): SourceEvent => ({ at, entity: gpu('a', 'n1'), kind: 'xid', text });

  it('answers ten thousand events, the oldest', async () => {
    const { series, facts } = await storeForTest({ now: () => 1e6 });
    const events = Array.from({ length: most('Store.eventsAnswered') + 1 }, (_, at) => event(at));
    for (const half of [events.slice(0, 6_000), events.slice(6_000)]) {
      await series.append(batchOf(gpu('a', 'n1'), [half.length], { 'gpu.power': [1] }, { seq: half.length, events: half }));
    }
    const found = await facts.events({ ids: ['GPU-a'], from: 0, to: 1e6 });
    expect([found.length, found.at(-1)?.at]).toEqual([most('Store.eventsAnswered'), most('Store.eventsAnswered') - 1]);
  });

  it('keeps 200,000 events: upkeep drops the oldest', async () => {
    const folder = temporaryFolder();
    const first = await storeForTest({ folder, now: () => 1000 });
    await first.series.append(batchOf(gpu('a', 'n1'), [1], { 'gpu.power': [1] }, { events: [event(1), event(2), event(3)] }));
    await first.close();
    // As if as many had come between the second and the last.
    const client = createClient(connectionConfig(`${folder}/headroom.db`));
    await client.execute({ sql: 'UPDATE "Event" SET id = 1 + ? WHERE at = 3', args: [most('Store.events')] });
    client.close();
    const second = await storeForTest({ folder, now: () => 1000 });
    expect(await second.facts.events({ ids: ['GPU-a'], from: 0, to: 1000 })).toHaveLength(3);
    await second.series.maintain(1000);
    expect((await second.facts.events({ ids: ['GPU-a'], from: 0, to: 1000 })).map(({ at }) => at)).toEqual([2, 3]);
  });

  it('counts a thousand jobs of a filter, and says of more that they are more', async () => {
    const { jobs } = await storeForTest({});
    const declare = (id: number) => jobs.declare({ cluster: 'c', id: String(id) }, { state: 'running', start: id, nodes: [] });
    await Promise.all(Array.from({ length: most('Store.counted') }, (_, id) => declare(id)));
    expect((await jobs.list({ state: 'running', limit: 1 })).total).toBe(most('Store.counted'));
    await declare(most('Store.counted'));
    expect((await jobs.list({ state: 'running', limit: 1 })).total).toBeNull();
  });

  it.each([
    ['Store.seriesWaiting', 'stats'],
    ['Store.relationalWaiting', 'setting'],
  ] as const)('lets so many questions wait as %s says, refuses more as busy, and answers those that waited', async (key, question) => {
    const store = await storeForTest({});
    const put = () => (question === 'stats' ? store.series.stats() : store.setting('x'));
    const asked = await Promise.allSettled(Array.from({ length: most(key) + 10 }, put));
    const refused = asked.flatMap((one) => (one.status === 'rejected' ? [(one.reason as Error).name] : []));
    expect(new Set(refused)).toEqual(new Set(['StoreBusy']));
    expect(asked.length - refused.length).toBeGreaterThanOrEqual(most(key));
    await put();
  });

  it('takes eight million numbers that wait for a commit, refuses more as busy, and stores those that it took', async () => {
    const { series } = await seriesForTest();
    const rows = 500_000;
    const t = Float64Array.from({ length: rows }, (_, at) => 1_699_000_000 + at);
    const values = new Float64Array(rows).fill(100);
    const put = (id: number) =>
      series.append({
        source: `s${id}`,
        seq: 1,
        tables: [{ entity: gpu(`${id}`, 'n1'), t, columns: new Map([['gpu.power', values]]), facts: new Map() }],
        facts: [],
        events: [],
      });
    const sent = await Promise.allSettled(Array.from({ length: most('Store.appends') / (2 * rows) + 3 }, (_, id) => put(id)));
    const refused = sent.flatMap((one) => (one.status === 'rejected' ? [(one.reason as Error).name] : []));
    expect(refused.length).toBeGreaterThan(0);
    expect(new Set(refused)).toEqual(new Set(['StoreBusy']));
    expect(sent.reduce((sum, one) => sum + (one.status === 'fulfilled' ? one.value.durable : 0), 0)).toBe((sent.length - refused.length) * rows);
  }, 120_000);
});
