import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { IngestReply, Job } from '../../../core/contract/index.ts';
import type { TokenScope } from '../../../server/store/index.ts';
import { openStream, removeFolders, startService, type TestService } from '../../support/service.ts';

let service: TestService;
beforeAll(async () => {
  service = await startService({ env: { HEADROOM_CLUSTER: 'c' } });
});
afterAll(async () => {
  await service.stop();
  removeFolders();
});

let number = 0;
const issue = (scope: TokenScope) => service.running.service.store.tokens.issue({ scope, name: `some ${(number += 1)}`, expires: null });
const call = async (token: string, method: string, path: string, body: object) => {
  const reply = await fetch(`${service.address}${path}`, {
    method,
    body: JSON.stringify(body),
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
  });
  return { status: reply.status, json: (await reply.json()) as IngestReply & Job & { error: string; where: string; remedy: string } };
};
const at = () => Date.now() / 1000;
const block = (kind: 'gpu' | 'host' | 'process', id: string, node?: string) => ({
  entity: { kind, id, ...(node === undefined ? {} : { node }) },
  t: [at()],
  columns: { [kind === 'gpu' ? 'gpu.util' : kind === 'host' ? 'host.cpu' : 'process.cpu']: [0.5] },
});
const ingest = (token: string, batch: object, seq = (number += 1)) => call(token, 'POST', '/api/ingest', { source: 'agent', seq, ...batch });
const declare = (token: string, id: string, job: object) => call(token, 'PUT', `/api/jobs/c/${id}`, job);
const running = (more: object = {}) => ({ state: 'running', start: at() - 60, ...more });

describe('a node’s token', () => {
  it('is bound to the first node that it is used for, and writes of no other', async () => {
    const token = await issue({ kind: 'node', node: null });
    expect((await ingest(token, { node: 'a1', blocks: [block('gpu', 'GPU-a1'), block('host', 'a1')] })).json).toMatchObject({ durable: 2, rejected: [] });
    const other = await ingest(token, { node: 'a2', blocks: [block('gpu', 'GPU-a2')] });
    expect(other.status).toBe(403);
    expect(other.json).toMatchObject({ where: 'body/node' });
    expect(other.json.remedy).toContain('headroom token issue NAME --node a2');
  });

  it('is bound once, however many first batches come together', async () => {
    const token = await issue({ kind: 'node', node: null });
    const replies = await Promise.all(['b1', 'b2', 'b3'].map((node) => ingest(token, { node, blocks: [block('host', node)] })));
    expect(replies.map(({ status }) => status).sort()).toEqual([200, 403, 403]);
  });

  it('loses the blocks, facts and events of other nodes only, each told with its place, escaped names or not', async () => {
    const token = await issue({ kind: 'node', node: 'c1' });
    const blocks = [block('gpu', 'GPU-c1'), block('gpu', 'GPU-c2', 'c2'), block('host', 'c2'), block('process', 'c1/1', 'c1')];
    const more = {
      facts: [{ entity: { kind: 'gpu', id: 'GPU-c2', node: 'c2' }, name: 'name', value: 'another' }],
      events: [{ at: at(), entity: { kind: 'host', id: 'c2' }, kind: 'collector', text: 'x' }],
    };
    for (const also of [{}, { blocks: [...blocks, { entity: 7 }] }]) {
      const { json } = await ingest(token, { node: 'c1', blocks, ...more, ...also });
      expect(json.durable).toBe(2);
      expect(json.rejected.map((one) => one.at).filter((place) => place.endsWith('/entity') && !place.startsWith('blocks/4'))).toEqual([
        'blocks/1/entity',
        'blocks/2/entity',
        'facts/0/entity',
        'events/0/entity',
      ]);
      expect(json.rejected[0]?.reason).toContain('node c2');
    }
  });

  it('does not take the card of another node', async () => {
    await ingest(await issue({ kind: 'node', node: 'd1' }), { node: 'd1', blocks: [block('gpu', 'GPU-d1')] });
    const { json } = await ingest(await issue({ kind: 'node', node: 'd2' }), { node: 'd2', blocks: [block('gpu', 'GPU-d1'), block('gpu', 'GPU-d2')] });
    expect(json).toMatchObject({ durable: 1, rejected: [{ at: 'blocks/0/entity' }] });
    expect(JSON.stringify(await service.get('/api/nodes/d2'))).not.toContain('GPU-d1');
  });

  it('declares jobs of its node and its cards, and no other’s', async () => {
    const token = await issue({ kind: 'node', node: 'd1' });
    expect((await declare(token, 'd-own', running({ nodes: ['d1'], gpus: [{ uuid: 'GPU-d1', node: 'd1' }] }))).status).toBe(200);
    expect((await declare(token, 'd-new', running({ nodes: ['d1', 'd2'] }))).json).toMatchObject({ where: 'body/nodes' });
    expect((await declare(token, 'd-new', running({ nodes: ['d1'], gpus: [{ uuid: 'GPU-d2', node: 'd2' }] }))).json).toMatchObject({ where: 'body/gpus' });
    expect((await declare(token, 'd-new', running({ nodes: ['d1'], gpus: [{ uuid: 'GPU-d2' }] }))).status).toBe(403);
    await declare(service.token, 'd-far', running({ user: 'ada', nodes: ['d9'] }));
    expect((await declare(token, 'd-far', { user: 'mallory' })).status).toBe(403);
    expect((await ingest(token, { node: 'd1', job: 'c/d-far', blocks: [block('gpu', 'GPU-d1')] })).json).toMatchObject({ where: 'body/job' });
    expect(await service.get('/api/jobs/c/d-far')).toMatchObject({ job: { user: 'ada', nodes: ['d9'] } });
  });

  it('streams of its node only', async () => {
    const token = await issue({ kind: 'node', node: 'e1' });
    const refused = openStream(service.address, 'node=e2', token);
    refused.request.end('# gpu     pwr     sm\n');
    await refused.ended;
    expect(refused.status()).toBe(403);
    expect(refused.lines[0]).toMatchObject({ where: 'query/node' });
    const own = openStream(service.address, '', token);
    own.request.end('# gpu     pwr     sm\n# Idx       W      %\n    0     100     97\n');
    await own.ended;
    expect(own.status()).toBe(200);
    expect(JSON.stringify(await service.get('/api/nodes/e1'))).toContain('e1#0');
  });
});

describe('a job’s token', () => {
  it('writes of its job, on whichever node, sees it, and no other', async () => {
    const token = await issue({ kind: 'job', cluster: 'c', id: 'f1' });
    expect((await ingest(token, { node: 'f-n1', blocks: [block('gpu', 'GPU-f1')] })).json.durable).toBe(1);
    expect((await ingest(token, { node: 'f-n2', job: 'f1', blocks: [block('gpu', 'GPU-f2')] })).json.durable).toBe(1);
    expect((await ingest(token, { node: 'f-n2', job: 'c/f2', blocks: [block('gpu', 'GPU-f2')] })).json).toMatchObject({ where: 'body/job' });
    expect((await declare(token, 'f2', running())).status).toBe(403);
    expect((await declare(token, 'f1', { user: 'ada' })).status).toBe(200);
    const read = (id: string) => fetch(`${service.address}/api/jobs/c/${id}`, { headers: { authorization: `Bearer ${token}` } });
    expect(await (await read('f1')).json()).toMatchObject({ job: { user: 'ada', nodes: ['f-n1', 'f-n2'] } });
    await declare(service.token, 'f2', running());
    expect((await read('f2')).status).toBe(404);
  });

  it('takes no card that another job lists, and speaks for no node that has an agent of its own', async () => {
    await declare(service.token, 'g-other', running({ nodes: ['g1'], gpus: [{ uuid: 'GPU-g1', node: 'g1' }] }));
    await ingest(await issue({ kind: 'node', node: 'g1' }), { node: 'g1', blocks: [block('host', 'g1')] });
    const token = await issue({ kind: 'job', cluster: 'c', id: 'g-own' });
    const { json } = await ingest(token, { node: 'g1', blocks: [block('gpu', 'GPU-g1'), block('host', 'g1'), block('gpu', 'GPU-g2')] });
    expect(json.rejected.map((one) => one.at)).toEqual(['blocks/0/entity', 'blocks/1/entity', 'blocks/2/entity']);
    expect((await declare(token, 'g-own', { gpus: [{ uuid: 'GPU-g1', node: 'g1' }] })).json).toMatchObject({ where: 'body/gpus/0' });
  });
});

describe('a sender', () => {
  it('rewrites no job that has ended; a person may', async () => {
    await declare(service.token, 'h1', { user: 'ada', state: 'completed', start: at() - 600, end: at() - 60, nodes: ['h1'] });
    for (const scope of [
      { kind: 'job', cluster: 'c', id: 'h1' },
      { kind: 'node', node: 'h1' },
    ] as const) {
      const token = await issue(scope);
      for (const change of [{ user: 'mallory' }, { state: 'running', end: null }, { nodes: [] }]) expect((await declare(token, 'h1', change)).status).toBe(409);
      expect((await declare(token, 'h1', { user: 'ada' })).status).toBe(200);
    }
    expect(await service.get('/api/jobs/c/h1')).toMatchObject({ job: { user: 'ada', state: 'completed' } });
    expect((await declare(service.token, 'h1', { user: 'grace' })).json.user).toBe('grace');
  });

  it('owns its sources: another token that calls its own alike loses nothing by it', async () => {
    const [victim, other] = [await issue({ kind: 'node', node: 'i1' }), await issue({ kind: 'node', node: 'i2' })];
    expect((await ingest(other, { node: 'i2', blocks: [block('host', 'i2')] }, 7)).json).toMatchObject({ durable: 1, duplicate: false });
    expect((await ingest(victim, { node: 'i1', blocks: [block('host', 'i1')] }, 7)).json).toMatchObject({ durable: 1, duplicate: false });
    expect((await ingest(victim, { node: 'i1', blocks: [block('host', 'i1')] }, 7)).json).toMatchObject({ durable: 0, duplicate: true });
  });

  it('has no pretended jobs on a real server, whoever it is', async () => {
    expect((await declare(service.token, 'j1', { demo: true })).json).toMatchObject({ where: 'body/demo' });
    expect((await declare(service.token, 'j1', { demo: false })).status).toBe(200);
  });
});
