import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { onTestFinished, describe, expect, it } from 'vitest';
import { batchOf, gpu } from '../../support/batches.ts';
import { temporaryFolder } from '../../support/folders.ts';
import { listening, seriesForTest, storeForTest } from '../../support/store.ts';

const HELD = /^Another program holds the (series|relational) file; writes wait for it\.$/;

/** Another program that has a file's write lock when this resolves, and gives it back when told. */
async function holdLock(file: string): Promise<{ release(): Promise<void> }> {
  const source = `import { createClient } from '@libsql/client';
    const client = createClient({ url: ${JSON.stringify(`file:${file}`)} });
    await client.execute('BEGIN IMMEDIATE');
    console.log('held');
    // A client that nothing holds on to is collected, and its lock with it.
    process.stdin.on('end', () => { client.close(); process.exit(0); }).resume();`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', source], {
    stdio: ['pipe', 'pipe', 'inherit'],
    cwd: new URL('../../..', import.meta.url),
  });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  const done = once(child, 'exit');
  await once(child.stdout, 'data');
  return {
    release: async () => {
      child.stdin.end();
      await done;
    },
  };
}

describe('a file that another program holds', () => {
  it('delays appends and declarations, says so meanwhile, and loses and doubles nothing', async () => {
    const folder = temporaryFolder();
    const { lines, log } = listening();
    const store = await storeForTest({ folder, log });
    await store.series.append(batchOf(gpu('a'), [1], { 'gpu.power': [1] }));

    const holders = await Promise.all([holdLock(join(folder, 'series.db')), holdLock(join(folder, 'headroom.db'))]);
    let ended = 0;
    const writes = [
      store.series.append(batchOf(gpu('a'), [2], { 'gpu.power': [2] })),
      store.series.append(batchOf(gpu('a'), [3], { 'gpu.power': [3] })),
      store.jobs.declare({ cluster: 'alvis', id: '7' }, { name: 'waits' }),
    ];
    for (const write of writes) void write.finally(() => (ended += 1));
    await expect
      .poll(() => ['series', 'relational'].filter((name) => !lines.some((line) => line.startsWith(`warn: the ${name} worker is replaced`))))
      .toEqual([]);
    expect(store.trouble()).toMatch(HELD);
    expect(ended).toBe(0);
    await Promise.all(holders.map((holder) => holder.release()));
    expect((await Promise.all(writes)).slice(0, 2)).toEqual([
      { durable: 1, duplicate: false },
      { durable: 1, duplicate: false },
    ]);

    await store.series.append(batchOf(gpu('a'), [4], { 'gpu.power': [4] }));
    await store.jobs.declare({ cluster: 'alvis', id: '8' }, { name: 'after' });
    expect(store.trouble()).toBeNull();
    expect([...((await store.series.tables({ entities: [gpu('a')], from: 0, to: 10 }))[0]?.t ?? [])]).toEqual([1, 2, 3, 4]);
    expect((await store.series.stats()).values).toBe(4);
    expect((await store.jobs.list({ sort: 'name' })).rows.map(({ job }) => job.name)).toEqual(['after', 'waits']);
  });

  it('is told as trouble until a write succeeds, though reads go well', async () => {
    const { series, file } = await seriesForTest({ patience: 1 });
    await series.append(batchOf(gpu('a'), [1], { 'gpu.power': [1] }));
    const holder = await holdLock(file);
    await expect(series.append(batchOf(gpu('a'), [2], { 'gpu.power': [2] }))).rejects.toMatchObject({ code: 'busy' });
    expect((await series.stats()).values).toBe(1);
    expect(series.trouble()).toMatch(HELD);
    await holder.release();
    await series.append(batchOf(gpu('a'), [2], { 'gpu.power': [2] }));
    expect(series.trouble()).toBeNull();
  });
});
