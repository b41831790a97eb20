import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { JobDetail } from '../../../core/contract/index.ts';
import { httpDelivery, ownJob, startAgent } from '../../../collectors/agent/index.ts';
import { fakeNvidiaSmi } from '../../support/nvidia-smi.ts';
import { dataFolder, removeFolders, startService } from '../../support/service.ts';

const GPU = 'GPU-aaaaaaaa-0000-0000-0000-000000000001';
const folder = mkdtempSync(join(tmpdir(), 'headroom-agent-server-'));
afterAll(() => {
  removeFolders();
  rmSync(folder, { recursive: true, force: true });
});

describe('the agent and the server', () => {
  it('a Slurm job declares itself, its GPUs are learnt from its readings, a restart of the server loses nothing, and its end is known', async () => {
    fakeNvidiaSmi(folder);
    const data = dataFolder();
    const first = await startService({ data });
    const port = new URL(first.address).port;
    const http = httpDelivery({ server: first.address, token: first.token });
    const env = { SLURM_JOB_ID: '77', SLURM_CLUSTER_NAME: 'alvis', SLURM_JOB_NODELIST: 'gpu01', SLURM_JOB_NAME: 'tiny', SLURM_JOB_USER: 'ana' };
    const said: string[] = [];
    const agent = await startAgent({
      node: 'gpu01',
      interval: 0.5,
      send: http.send,
      declare: http.declare,
      nvidiaSmi: join(folder, 'nvidia-smi'),
      spool: { folder: join(folder, 'spool'), limit: 1024 * 1024 },
      job: ownJob(env, { node: 'gpu01', now: Date.now() / 1000 }),
      env: { PATH: process.env['PATH'] },
      backoff: { first: 0.1, most: 0.5 },
      log: { info: (text) => said.push(text), warn: (text) => said.push(text) },
    });
    const jobOf = (service: typeof first) =>
      service.get<JobDetail>('/api/jobs/alvis/77').then(
        ({ job }) => job,
        () => null,
      );
    await expect.poll(async () => (await jobOf(first))?.gpus.length).toBe(2);
    expect(await jobOf(first)).toMatchObject({ name: 'tiny', user: 'ana', state: 'running', nodes: ['gpu01'] });

    await first.stop();
    const away = Date.now() / 1000;
    // Each batch that goes to disk makes what waits there longer.
    const sizes = new Set<number>();
    const spooled = () =>
      readdirSync(join(folder, 'spool')).reduce((sum, name) => sum + (name.endsWith('.seg') ? statSync(join(folder, 'spool', name)).size : 0), 0);
    await expect.poll(() => sizes.add(spooled()).size).toBeGreaterThan(8);
    const back = Date.now() / 1000;
    const second = await startService({ data, env: { HEADROOM_PORT: port } });
    await expect.poll(() => said.some((text) => text.includes('takes readings again'))).toBe(true);
    await agent.stop();
    http.close();

    const now = Date.now() / 1000;
    const tables = await second.running.service.store.series.tables({ entities: [{ kind: 'gpu', id: GPU }], from: now - 600, to: now + 60 });
    const t = [...(tables[0]?.t ?? [])];
    expect(t.filter((at) => at < away).length).toBeGreaterThan(0);
    expect(t.filter((at) => at > away && at < back).length).toBeGreaterThan(1);
    expect(said.filter((text) => /refused|left out|lost/.test(text))).toEqual([]);
    expect((await jobOf(second))?.end).toBeGreaterThan(now - 60);
    await second.stop();
  });
});
