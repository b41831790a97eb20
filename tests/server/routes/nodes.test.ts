import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { NodesReply } from '../../../core/contract/index.ts';
import { gpuBatch, removeFolders, startService, type TestService } from '../../support/service.ts';

let service: TestService;
beforeAll(async () => {
  service = await startService({ env: { HEADROOM_MOST_ENTITIES: '12' } });
});
afterAll(async () => {
  await service.stop();
  removeFolders();
});

const now = Math.floor(Date.now() / 1000) - 100;
const send = (name: string) => service.ingest(gpuBatch(name, 1, `GPU-${name}`, [now], { 'gpu.power': [1] }, name));

describe('the list of nodes', () => {
  it('comes in pages in the order of their names, each node once', async () => {
    const names = Array.from({ length: 12 }, (_, index) => `n${index}`);
    for (const name of names) expect((await send(name)).status).toBe(200);
    const found: string[] = [];
    let pages = 0;
    for (let cursor: string | null = ''; cursor !== null; pages += 1) {
      const page: NodesReply = await service.get(`/api/nodes?limit=5${cursor === '' ? '' : `&cursor=${cursor}`}`);
      found.push(...page.nodes.map(({ node }) => node));
      ({ cursor } = page);
    }
    expect([pages, found]).toEqual([3, names]);
  });

  it('grows to the limit and no further: the sender is told which, and when to come again', async () => {
    const reply = await send('n99');
    expect([reply.status, reply.headers.get('retry-after')]).toEqual([429, '600']);
    expect(((await reply.json()) as { error: string }).error).toContain('“entities” (12)');
    expect((await service.ingest(gpuBatch('n1', 2, 'GPU-n1', [now + 1], { 'gpu.power': [2] }, 'n1'))).status).toBe(200);
  });
});
