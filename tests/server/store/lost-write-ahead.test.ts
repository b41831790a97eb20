import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkStore } from '../../../server/store/index.ts';
import { batchOf, gpu } from '../../support/batches.ts';
import { temporaryFolder } from '../../support/folders.ts';
import { listening, storeForTest } from '../../support/store.ts';

/**
 * A folder as a killed process leaves it: copied while the store is open, and has nothing to do. It was closed once before: until then
 * the tables themselves may be in the write-ahead file alone.
 */
async function leftOpen(): Promise<string> {
  const folder = temporaryFolder();
  await (await storeForTest({ folder })).close();
  const store = await storeForTest({ folder });
  await store.series.append(batchOf(gpu('a'), [Date.now() / 1000], { 'gpu.power': [1] }));
  const copy = join(temporaryFolder(), 'copy');
  cpSync(folder, copy, { recursive: true });
  return copy;
}

async function saidOn(folder: string): Promise<readonly string[]> {
  const { lines, log } = listening();
  const store = await storeForTest({ folder, log });
  await store.close();
  return lines;
}

describe('a write-ahead file that was deleted after a kill', () => {
  it('is missed aloud at the start, once, and what is left is served', async () => {
    const folder = await leftOpen();
    rmSync(join(folder, 'series.db-wal'));
    const said = await saidOn(folder);
    expect(said.filter((line) => line.startsWith('error: '))).toEqual([
      'error: series.db-wal is gone, and series.db was not closed before: what was written last, up to some thousand batches, is lost, acknowledged or not. All before is whole. Put the file back from where it went while the service is stopped, or send again what was recorded of that time.',
    ]);
    expect(await saidOn(folder)).toEqual([]);
  });

  it('is missed by headroom store check, too', async () => {
    const folder = await leftOpen();
    rmSync(join(folder, 'headroom.db-wal'));
    const [series, main] = await checkStore(folder);
    expect(series?.faults).toEqual([]);
    expect(main?.faults).toEqual([expect.stringMatching(/^headroom\.db-wal is gone, /)]);
  });

  it('is not missed where it is there, nor after a close, nor in a new folder', async () => {
    const folder = await leftOpen();
    expect(await saidOn(folder)).toEqual([]);
    expect(await saidOn(folder)).toEqual([]);
    expect(await saidOn(temporaryFolder())).toEqual([]);
  });
});
