import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EntityKind } from '../../../core/readings/index.ts';
import type { IngestReply, Job, SeriesReply } from '../../../core/contract/index.ts';
import type { TokenScope } from '../../../server/store/index.ts';
import { removeFolders, startService, type TestService } from '../../support/service.ts';

let service: TestService;
beforeAll(async () => {
  service = await startService({ env: { HEADROOM_CLUSTER: 'c', HEADROOM_MOST_JOBS_PER_TOKEN: '3' } });
});
afterAll(async () => {
  await service.stop();
  removeFolders();
});

let number = 0;
const issue = (scope: TokenScope) => service.running.service.store.tokens.issue({ scope, name: `some ${(number += 1)}`, expires: null });
const ofNode = (node: string) => issue({ kind: 'node', node });
const ofJob = (id: string) => issue({ kind: 'job', cluster: 'c', id });
const call = async (token: string, method: string, path: string, body?: object) => {
  const reply = await fetch(`${service.address}${path}`, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    headers: { authorization: `Bearer ${token}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
  });
  return { status: reply.status, json: (await reply.json()) as IngestReply & Job & SeriesReply & { error: string; where: string; remedy: string } };
};
const now = () => Math.floor(Date.now() / 1000);
const METRIC = { gpu: 'gpu.util', host: 'host.cpu', process: 'process.cpu', engine: 'engine.running' } as const;
const block = (kind: EntityKind, id: string, t: number[], { node, value = 0.5 }: { node?: string; value?: number } = {}) => ({
  entity: { kind, id, ...(node === undefined ? {} : { node }) },
  t,
  columns: { [METRIC[kind]]: t.map(() => value) },
});
const ingest = (token: string, batch: object) => call(token, 'POST', '/api/ingest', { source: 'agent', seq: (number += 1), ...batch });
const declare = (token: string, id: string, job: object) => call(token, 'PUT', `/api/jobs/c/${id}`, job);
const seriesOf = async (node: string, metric: string, from: number) =>
  (await call(service.token, 'GET', `/api/nodes/${node}/series?metrics=${metric}&from=${from}&to=${now() + 2}`)).json.series;

describe('a thing that a node sends', () => {
  it.each([
    { kind: 'engine', id: 'e@a2:1' },
    { kind: 'gpu', id: 'GPU-a2' },
    { kind: 'process', id: '?/77' },
  ] as const)('stays its own when another node’s token names it: $kind $id', async ({ kind, id }) => {
    const [at, a1, a2] = [now() - 5, await ofNode('a1'), await ofNode('a2')];
    expect((await ingest(a2, { blocks: [block(kind, id, [at], { node: 'a2', value: 0.25 })] })).json.durable).toBe(1);
    const { json } = await ingest(a1, {
      blocks: [block(kind, id, [at], { node: 'a1', value: 0.75 }), block(kind, id, [at + 1]), block('host', 'a1', [at])],
      facts: [{ entity: { kind, id, node: 'a1' }, name: 'name', value: 'mine' }],
    });
    expect(json.durable).toBe(1);
    expect(json.rejected.map((one) => one.at)).toEqual(['blocks/0/entity', 'blocks/1/entity', 'facts/0/entity']);
    expect(json.rejected[0]?.reason).toContain('node a2');
    const series = (await seriesOf('a2', METRIC[kind], at - 1)).filter((one) => one.entity.id === id);
    expect(series.flatMap((one) => one.mean.filter((value) => value !== null))).toEqual([0.25]);
    expect(await seriesOf('a1', METRIC[kind], at - 1)).toEqual([]);
  });

  it('is a process by the name of its node only', async () => {
    const [at, b1, b2] = [now() - 5, await ofNode('b1'), await ofNode('b2')];
    expect((await ingest(b2, { blocks: [block('process', 'b2/123', [at], { node: 'b2' })] })).json.durable).toBe(1);
    const { json } = await ingest(b1, { blocks: [block('process', 'b2/123', [at], { node: 'b1' }), block('process', 'p1', [at], { node: 'b1' })] });
    expect(json).toMatchObject({ durable: 0, rejected: [{ at: 'blocks/0/entity' }, { at: 'blocks/1/entity' }] });
  });

  it('may be another’s after it was long silent, but not what it said before', async () => {
    const [c1, c2, long] = [await ofNode('c1'), await ofNode('c2'), now() - 3 * 3600];
    await ingest(c2, { blocks: [block('engine', 'e@c', [long], { node: 'c2' })] });
    const { json } = await ingest(c1, { blocks: [block('engine', 'e@c', [long - 60, long + 60], { node: 'c1' })] });
    expect(json).toMatchObject({ durable: 0, rejected: [{ at: 'blocks/0/entity' }] });
    expect((await ingest(c1, { blocks: [block('engine', 'e@c', [long + 60], { node: 'c1' })] })).json.durable).toBe(1);
    expect((await ingest(c1, { blocks: [block('engine', 'e@c', [long], { node: 'c1' })] })).json.durable).toBe(0);
  });
});

describe('a card that a job held', () => {
  it('takes no row of another job’s time, wherever in a block it stands', async () => {
    const at = now() - 1_000;
    await declare(service.token, 'd-victim', { state: 'completed', start: at - 100, end: at + 100, gpus: [{ uuid: 'GPU-d', node: 'd9' }], nodes: ['d9'] });
    await ingest(service.token, { node: 'd9', blocks: [block('gpu', 'GPU-d', [at], { value: 0.25 })] });
    const token = await ofJob('d-own');
    expect((await declare(token, 'd-own', { state: 'running', start: at + 200 })).status).toBe(200);
    for (const t of [[at], [at - 500, at, at + 500], [at + 500, at, at + 400], [at - 500, at + 600, at]]) {
      const { json } = await ingest(token, { node: 'd9', blocks: [block('gpu', 'GPU-d', t, { value: 0.75 })] });
      expect(json).toMatchObject({ durable: 0, rejected: [{ at: 'blocks/0/entity' }] });
    }
    expect((await ingest(token, { node: 'd9', blocks: [block('gpu', 'GPU-d', [at + 500, at + 400])] })).json.durable).toBe(2);
  });

  it('is not claimed for a time in which another job had it', async () => {
    const at = now() - 1_000;
    await declare(service.token, 'e-victim', { state: 'completed', start: at - 100, end: at + 100, gpus: [{ uuid: 'GPU-e', node: 'e9' }], nodes: ['e9'] });
    const token = await ofJob('e-own');
    const gpus = [{ uuid: 'GPU-e', node: 'e9' }];
    expect((await declare(token, 'e-own', { start: at - 50, gpus })).json).toMatchObject({ where: 'body/gpus/0' });
    expect((await declare(token, 'e-own', { start: at + 200, gpus })).status).toBe(200);
    expect((await declare(token, 'e-own', { start: at - 50 })).status).toBe(403);
    const learned = await ofJob('e-learned');
    await declare(learned, 'e-learned', { start: at - 50 });
    expect((await ingest(learned, { node: 'e9', blocks: [block('gpu', 'GPU-e', [at + 150])] })).json.durable).toBe(0);
  });
});

describe('the times of a job', () => {
  it.each([
    [{ start: 1e12, end: 1e11 }, 'body/start'],
    [{ start: -1e12 }, 'body/start'],
    [{ start: 2e9, end: 1.9e9 }, 'body/start'],
    [{ start: 1.7e9, end: 1.6e9 }, 'body/end'],
    [{ end: 1e12 }, 'body/end'],
    [{ end: 5 }, 'body/end'],
  ])('that cannot be are refused with their place: %j', async (times, where) => {
    const { status, json } = await declare(service.token, 'times', times);
    expect([status, json.where]).toEqual([400, where]);
  });

  it('are held against what is known', async () => {
    expect((await declare(service.token, 'times-2', { start: 1.7e9, end: 1.7e9 })).status).toBe(200);
    expect((await declare(service.token, 'times-2', { end: 1.6e9 })).json.where).toBe('body/end');
    expect((await declare(service.token, 'times-2', { start: 1.75e9 })).json.where).toBe('body/start');
    expect((await declare(service.token, 'times-2', { start: 1.75e9, end: null })).status).toBe(200);
  });
});

describe('the jobs of a node’s token', () => {
  it('are bounded by themselves, whichever way they come in: others go on', async () => {
    const [many, other] = [await ofNode('i1'), await ofNode('i2')];
    const on = (node: string) => ({ state: 'running', start: now() - 5, nodes: [node] });
    const replies = await Promise.all(['i-0', 'i-1', 'i-2', 'i-3', 'i-4'].map((id) => declare(many, id, on('i1'))));
    expect(replies.map(({ status }) => status).sort()).toEqual([200, 200, 200, 429, 429]);
    const refused = replies.find(({ status }) => status === 429)?.json;
    expect(refused?.error).toContain('“jobs of a token” (3)');
    expect(refused?.remedy).toContain('HEADROOM_MOST_JOBS_PER_TOKEN');
    expect((await ingest(many, { node: 'i1', job: 'i-5', blocks: [block('gpu', 'GPU-i1', [now() - 5])] })).status).toBe(429);
    const known = replies.findIndex(({ status }) => status === 200);
    expect((await declare(many, `i-${known}`, { state: 'completed', end: now() })).status).toBe(200);
    expect((await declare(other, 'i-6', on('i2'))).status).toBe(200);
    for (const id of ['i-7', 'i-8', 'i-9', 'i-10']) expect((await declare(service.token, id, on('i1'))).status).toBe(200);
  });
});

describe('a node with an agent of its own', () => {
  it('is told of by a job’s token only where the job’s own engines are', async () => {
    const [at, agent] = [now() - 5, await ofNode('f1')];
    const gpu = { kind: 'gpu', id: 'GPU-f1' };
    await ingest(agent, { blocks: [block('host', 'f1', [at]), block('gpu', 'GPU-f1', [at], { node: 'f1' })] });
    const token = await ofJob('f-own');
    const { json } = await ingest(token, {
      blocks: [
        block('host', 'f1', [at]),
        block('gpu', 'GPU-f1', [at], { node: 'f1' }),
        block('process', 'f1/9', [at], { node: 'f1' }),
        block('process', 'f1/9', [at]),
        block('engine', 'vllm@f1:8000', [at], { node: 'f1' }),
      ],
      facts: [
        { entity: { ...gpu, node: 'f1' }, name: 'name', value: 'evil' },
        { entity: gpu, name: 'name', value: 'evil' },
      ],
    });
    expect(json.durable).toBe(1);
    expect(json.rejected.map((one) => one.at)).toEqual([0, 1, 2, 3].map((index) => `blocks/${index}/entity`).concat(['facts/0/entity', 'facts/1/entity']));
    expect(JSON.stringify(await service.get('/api/nodes/f1'))).not.toContain('evil');
  });

  it('with another job on it is not put under a job by that job’s token, nor read by it', async () => {
    const [at, agent] = [now() - 50, await ofNode('g1')];
    const cards = ['GPU-g1', 'GPU-g2'].map((id) => block('gpu', id, [at], { node: 'g1' }));
    await ingest(agent, { node: 'g1', blocks: [block('host', 'g1', [at]), ...cards] });
    await declare(service.token, 'g-victim', { state: 'running', start: at - 100, nodes: ['g1'], gpus: [{ uuid: 'GPU-g1', node: 'g1' }] });
    const token = await ofJob('g-own');
    const start = at - 10;
    expect((await declare(token, 'g-own', { start, nodes: ['g1'] })).json).toMatchObject({ where: 'body/nodes/0' });
    expect((await declare(token, 'g-own', { start, nodes: ['g1'], gpus: [{ uuid: 'GPU-g1', node: 'g1' }] })).status).toBe(403);
    expect((await declare(token, 'g-own', { start, nodes: ['g1'], gpus: [{ uuid: 'GPU-none', node: 'g1' }] })).status).toBe(403);
    const { json } = await ingest(token, { node: 'g9', blocks: [block('engine', 'e@g1', [at], { node: 'g1' }), block('engine', 'e@g9', [at])] });
    expect(json).toMatchObject({ durable: 1, rejected: [{ at: 'blocks/0/entity' }] });
    expect((await call(token, 'GET', '/api/jobs/c/g-own')).json).toMatchObject({ job: { nodes: ['g9'] } });
    expect((await call(token, 'GET', '/api/nodes/g1/series?metrics=gpu.util')).status).toBe(404);
    // With a card of its own it may, and sees that card.
    expect((await declare(token, 'g-own', { start, nodes: ['g1'], gpus: [{ uuid: 'GPU-g2', node: 'g1' }] })).status).toBe(200);
    const seen = (await call(token, 'GET', '/api/nodes/g1/series?metrics=gpu.util,host.cpu')).json.series.map((one) => one.entity.id);
    expect(seen.sort()).toEqual(['GPU-g2', 'g1']);
  });

  it('is not read of times that nobody remembers', async () => {
    await ingest(await ofNode('h1'), { blocks: [block('host', 'h1', [now() - 5])] });
    const token = await ofJob('h-own');
    expect((await declare(token, 'h-own', { start: now() - 10 * 86_400, nodes: ['h1'] })).json).toMatchObject({ where: 'body/nodes/0' });
    expect((await declare(token, 'h-own', { start: now() - 60, nodes: ['h1'] })).status).toBe(200);
    expect((await declare(token, 'h-own', { start: now() - 10 * 86_400 })).status).toBe(403);
  });
});
