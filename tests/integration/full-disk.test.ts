import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { openStore } from '../../server/store/index.ts';
import { batchOf, gpu, steps } from '../support/batches.ts';
import { temporaryFolder } from '../support/folders.ts';
import { listening } from '../support/store.ts';

it('a full disk refuses readings in words, loses none that were acknowledged, and takes them again when there is space', async () => {
  const mounted = join(temporaryFolder(), 'small');
  mkdirSync(mounted);
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=4m', 'tmpfs', mounted]);
  onTestFinished(() => {
    execFileSync('umount', ['-l', mounted]);
  });
  const ballast = join(mounted, 'ballast');
  writeFileSync(ballast, Buffer.alloc(1_500_000));
  const options = { folder: join(mounted, 'data'), rawDays: 30, rollupDays: 400, log: listening().log };
  const store = await openStore(options);
  let stored = 0;
  const next = () => batchOf(gpu('a'), steps(stored * 2000, 1, 2000), { 'gpu.power': Array.from({ length: 2000 }, () => Math.random()) });
  const fill = async (): Promise<void> => {
    for (;;) {
      await store.series.append(next());
      stored += 1;
    }
  };
  const words = 'The disk of the data folder is full: nothing more can be stored until there is space.';
  await expect(fill()).rejects.toMatchObject({ name: 'StoreBusy', code: 'full', message: words });
  expect(stored).toBeGreaterThan(2);
  expect(store.trouble()).toBe(words);

  rmSync(ballast);
  expect(await store.series.append(next())).toEqual({ durable: 2000, duplicate: false });
  stored += 1;
  expect(store.trouble()).toBeNull();
  await store.close();

  const again = await openStore(options);
  expect((await again.series.stats()).values).toBe(stored * 2000);
  expect((await again.series.tables({ entities: [gpu('a')], from: 0, to: 1e12 }))[0]?.t.length).toBe(stored * 2000);
  await again.close();
});
