import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { onTestFinished, describe, expect, it } from 'vitest';
import { batchOf, gpu } from '../../support/batches.ts';
import { temporaryFolder } from '../../support/folders.ts';
import { listening, storeForTest } from '../../support/store.ts';

/** Another program that holds a file's write lock for so many seconds; resolves when it has it. */
async function holdLock(file: string, seconds: number): Promise<{ done: Promise<unknown> }> {
  const source = `import { createClient } from '@libsql/client';
    const client = createClient({ url: ${JSON.stringify(`file:${file}`)} });
    await client.execute('BEGIN IMMEDIATE');
    console.log('held');
    setTimeout(() => { process.exit(0); }, ${seconds * 1000});`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', source], {
    stdio: ['ignore', 'pipe', 'inherit'],
    cwd: new URL('../../..', import.meta.url),
  });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  const done = once(child, 'exit');
  await once(child.stdout, 'data');
  return { done };
}

describe('a file that another program holds for ten seconds', () => {
  it('delays appends and declarations, says so meanwhile, and loses and doubles nothing', async () => {
    const folder = temporaryFolder();
    const { lines, log } = listening();
    const store = await storeForTest({ folder, log });
    await store.series.append(batchOf(gpu('a'), [1], { 'gpu.power': [1] }));

    const holders = await Promise.all([holdLock(join(folder, 'series.db'), 10), holdLock(join(folder, 'headroom.db'), 10)]);
    const start = performance.now();
    const writes = Promise.all([
      store.series.append(batchOf(gpu('a'), [2], { 'gpu.power': [2] })),
      store.series.append(batchOf(gpu('a'), [3], { 'gpu.power': [3] })),
      store.jobs.declare({ cluster: 'alvis', id: '7' }, { name: 'waits' }),
    ]);
    await pause(8_000);
    expect(store.trouble()).toMatch(/^Another program holds the (series|relational) file; writes wait for it\.$/);
    const answers = await writes;
    expect(performance.now() - start).toBeGreaterThan(8_000);
    expect(answers.slice(0, 2)).toEqual([
      { durable: 1, duplicate: false },
      { durable: 1, duplicate: false },
    ]);
    await Promise.all(holders.map(({ done }) => done));

    expect(lines.some((line) => line.startsWith('warn: the series worker is replaced'))).toBe(true);
    await store.series.append(batchOf(gpu('a'), [4], { 'gpu.power': [4] }));
    await store.jobs.declare({ cluster: 'alvis', id: '8' }, { name: 'after' });
    expect(store.trouble()).toBeNull();
    expect([...((await store.series.tables({ entities: [gpu('a')], from: 0, to: 10 }))[0]?.t ?? [])]).toEqual([1, 2, 3, 4]);
    expect((await store.series.stats()).values).toBe(4);
    expect((await store.jobs.list({ sort: 'name' })).rows.map(({ job }) => job.name)).toEqual(['after', 'waits']);
  }, 120_000);
});
