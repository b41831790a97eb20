// Past the door of server/store: a file's host by itself, with a disk that is full when the test says so.
import { describe, expect, it, onTestFinished } from 'vitest';
import { startHost } from '../../../../server/store/worker/index.ts';
import type { MoodyHandlers } from '../../../support/moody-file.ts';
import { listening } from '../../../support/store.ts';

async function fullHost() {
  const host = await startHost<MoodyHandlers>({
    entry: new URL('../../../support/moody-file.ts', import.meta.url),
    data: null,
    file: 'moody.db',
    holds: 'nothing',
    name: 'moody',
    writes: { write: (rows) => rows > 0, probe: () => true },
    probe: 'probe',
    log: listening().log,
    maxWaiting: 10,
    patience: 100,
  });
  onTestFinished(() => host.close());
  await host.call('turn', () => true);
  await expect(host.call('write', () => 1)).rejects.toMatchObject({ name: 'StoreBusy', code: 'full' });
  return host;
}

const FULL = /^The disk of the data folder is full/;

describe('trouble of writing', () => {
  it('is there until something is written: neither a read nor upkeep that found nothing to do ends it', async () => {
    const host = await fullHost();
    expect(host.trouble()).toMatch(FULL);
    await host.call('read', () => null);
    expect(host.trouble()).toMatch(FULL);
    await host.call('turn', () => false);
    await host.call('write', () => 0);
    expect(host.trouble()).toMatch(FULL);
    await host.call('write', () => 1);
    expect(host.trouble()).toBeNull();
  });

  it('ends by itself when there is space again, though nobody sends: whoever is told 503 may never come back', async () => {
    const host = await fullHost();
    await host.tryWriting();
    expect(host.trouble()).toMatch(FULL);
    await host.call('turn', () => false);
    await host.tryWriting();
    expect(host.trouble()).toBeNull();
  });
});
