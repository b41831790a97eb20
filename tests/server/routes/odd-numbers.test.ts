import { cpSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { IngestReply, JobDeclaration } from '../../../core/contract/index.ts';
import { ODD_NUMBERS } from '../../support/odd-numbers.ts';
import { dataFolder, gpuBatch, removeFolders, startService, type TestService } from '../../support/service.ts';

let service: TestService;
beforeAll(async () => {
  service = await startService();
});
afterAll(async () => {
  await service.stop();
  removeFolders();
});

const began = Math.floor(Date.now() / 1000) - 1000;
const send = (method: string, path: string, body: string) =>
  fetch(`${service.address}${path}`, { method, body, headers: { 'content-type': 'application/json', authorization: `Bearer ${service.token}` } });

/** What the disk has at this instant, as a crash would leave it; the next service opens that. */
function crashed(): string {
  const copy = dataFolder();
  cpSync(service.data, copy, { recursive: true, filter: (path) => !path.endsWith('.sock') });
  return copy;
}

describe('an odd number where an integer belongs, beside what others send at the same time', () => {
  it('costs nobody an acknowledged reading, whatever it is and wherever it stands', async () => {
    const acknowledged: number[] = [];
    const statuses = new Set<number>();
    let seq = 0;
    const innocent = async (): Promise<void> => {
      const mine = (seq += 1);
      const reply = await service.ingest(gpuBatch('innocent', mine, 'GPU-innocent', [began + mine], { 'gpu.power': [mine] }));
      expect(reply.status).toBe(200);
      expect((await reply.json()) as IngestReply).toMatchObject({ durable: 1 });
      acknowledged.push(mine);
    };
    const odd = JSON.stringify(gpuBatch('odd', 424_242, 'GPU-odd', [began], { 'gpu.power': [1] }));
    // Each by the fast way (bytes) and by the other (an escape in a name).
    const bodies = ODD_NUMBERS.flatMap((number) => [
      odd.replace('424242', number),
      odd.replace('424242', number).replace('"odd"', '"\\u006fdd"'),
      odd.replace(`[${began}]`, `[${number}]`),
    ]);
    for (const body of bodies) {
      const [, reply] = await Promise.all([innocent(), send('POST', '/api/ingest', body), innocent()]);
      statuses.add(reply.status);
    }
    expect([...statuses].sort()).toEqual([200, 400]);

    const again = await startService({ data: crashed() });
    const { series } = again.running.service.store;
    const [table] = await series.tables({ entities: [{ kind: 'gpu', id: 'GPU-innocent' }], from: 0, to: 1e11 });
    const there = new Set([...(table?.t ?? [])].map((at) => at - began));
    expect(acknowledged.filter((one) => !there.has(one))).toEqual([]);
    expect(acknowledged.length).toBe(2 * bodies.length);
    await again.stop();
  });

  const fields = ['start', 'end', 'timeLimit', 'cores', 'memory', 'tensorParallel'] as const satisfies readonly (keyof JobDeclaration)[];
  it.each(fields)('is refused as %s of a job, or kept: never a failure of the server', async (field) => {
    for (const number of ODD_NUMBERS) {
      const reply = await send('PUT', '/api/jobs/c/1', `{"${field}":${number}}`);
      expect([number, reply.status < 500]).toEqual([number, true]);
      if (number === '1.79e308' || number === '1e21') expect([number, reply.status]).toEqual([number, 400]);
    }
  });

  it.each([
    '/api/jobs?from=',
    '/api/jobs?to=',
    '/api/jobs?limit=',
    '/api/nodes/n1/series?metrics=gpu.power&from=',
    '/api/nodes/n1/series?metrics=gpu.power&to=',
  ])('is answered as a question: %s', async (path) => {
    for (const number of ODD_NUMBERS) {
      const reply = await fetch(`${service.address}${path}${encodeURIComponent(number)}`, { headers: { authorization: `Bearer ${service.token}` } });
      expect([number, reply.status < 500]).toEqual([number, true]);
    }
  });
});
