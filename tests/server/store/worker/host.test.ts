// Past the door of server/store: the host of a worker is looked at with a worker of the test’s own.
import { expect, it } from 'vitest';
import { startHost } from '../../../../server/store/worker/index.ts';
import type { SlowHandlers } from '../../../support/slow-thread.ts';
import { listening } from '../../../support/store.ts';

const options = {
  entry: new URL('../../../support/slow-thread.ts', import.meta.url),
  data: {},
  name: 'slow',
  file: 'slow.db',
  holds: 'nothing',
  writes: { write: () => true },
  probe: 'write' as const,
  log: listening().log,
  maxWaiting: 10,
  patience: 1_000,
};

it('takes a write after one question at the latest, and a question after one write, however many wait; closing comes last', async () => {
  const host = await startHost<SlowHandlers>(options);
  const order: string[] = [];
  const ask = (operation: 'read' | 'write', name: string): Promise<void> =>
    host.call(operation, () => (order.push(name), { name, ms: 5 })).then(() => undefined);
  const asked = [...['r1', 'r2', 'r3', 'r4'].map((name) => ask('read', name)), ...['w1', 'w2'].map((name) => ask('write', name))];
  const closed = host.close().then(() => order.push('closed'));
  await Promise.all([...asked, closed]);
  expect(order).toEqual(['r1', 'w1', 'r2', 'w2', 'r3', 'r4', 'closed']);
});

it('refuses a question beyond the bound, and still takes writes', async () => {
  const host = await startHost<SlowHandlers>(options);
  const reads = Array.from({ length: 11 }, (_, index) => host.call('read', () => ({ name: String(index), ms: 5 })));
  await expect(host.call('read', () => ({ name: 'one more', ms: 1 }))).rejects.toMatchObject({ name: 'StoreBusy', code: 'busy' });
  await host.call('write', () => ({ name: 'w', ms: 1 }));
  await Promise.all(reads);
  await host.close();
});
