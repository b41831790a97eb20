import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it, vi } from 'vitest';
import type { Analysis } from '../../../core/contract/index.ts';
import { ANOTHER_SITE_FILE } from '../../support/another-site.ts';
import { ask, dataFolder, removeFolders, startService, type TestService } from '../../support/service.ts';

afterAll(removeFolders);

/** Two minutes of a busy card on which memory ran out. */
function batch(job: string, start: number): object {
  const t = Array.from({ length: 24 }, (_, index) => start + 5 * index);
  return {
    source: job,
    seq: 0,
    node: job,
    job: `c/${job}`,
    blocks: [{ entity: { kind: 'gpu', id: `GPU-${job}`, node: job }, t, columns: { 'gpu.util': t.map(() => 0.99) } }],
    events: [
      {
        at: start + 60,
        kind: 'oom',
        text: 'torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.00 GiB',
        entity: { kind: 'gpu', id: `GPU-${job}`, node: job },
      },
    ],
  };
}

const declare = (service: TestService, job: string, body: object) =>
  ask(service.address, `/api/jobs/c/${job}`, {
    method: 'PUT',
    body: JSON.stringify({ ...body, nodes: [job], gpus: [{ uuid: `GPU-${job}`, node: job }] }),
    headers: { authorization: `Bearer ${service.token}`, 'content-type': 'application/json' },
  });

/** What the finding of a job says, once it is told. */
const told = (service: TestService, job: string): Promise<string> =>
  vi.waitUntil(
    async () => {
      const analysis = await service.get<Analysis>(`/api/jobs/c/${job}/analysis`).catch(() => null);
      return analysis?.findings.find(({ id }) => id === 'oom')?.text;
    },
    { timeout: 300_000, interval: 100 },
  );

describe('the configured site', () => {
  it('reaches the verdicts of running jobs, and those that a worker makes of ended ones', async () => {
    const data = dataFolder();
    const site = join(data, 'site.json');
    writeFileSync(site, JSON.stringify(ANOTHER_SITE_FILE));
    const options = { data, env: { HEADROOM_SITE: site } };
    const now = Math.floor(Date.now() / 1000);

    let service = await startService(options);
    await declare(service, 'runs', { start: now - 130, state: 'running' });
    await service.ingest(batch('runs', now - 125));
    await declare(service, 'ended', { start: now - 130, end: now - 1, state: 'completed' });
    await service.ingest(batch('ended', now - 125));
    expect(await told(service, 'runs')).toContain('A larger GPU (accelerated) is the last resort');
    await service.stop();

    // What ended and was not judged yet goes to the worker when the service starts again.
    service = await startService(options);
    expect(await told(service, 'ended')).toContain('A larger GPU (accelerated) is the last resort');
    await service.stop();
  });
});
