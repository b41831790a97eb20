import { describe, expect, it } from 'vitest';
import { retryWhileBusy } from '../../../server/ingest/index.ts';

class StoreBusy extends Error {
  override readonly name = 'StoreBusy';
}

/** An append that fails so many times before it succeeds. */
function failing(times: number, error: Error = new StoreBusy('later')) {
  const calls = { count: 0 };
  const append = (): Promise<string> => {
    calls.count += 1;
    return calls.count <= times ? Promise.reject(error) : Promise.resolve('stored');
  };
  return { calls, append };
}

describe('an append to a busy store', () => {
  it('is repeated until it is stored: the sender waits meanwhile, and loses nothing', async () => {
    const { calls, append } = failing(2);
    expect(await retryWhileBusy(append, () => false)).toBe('stored');
    expect(calls.count).toBe(3);
  });

  it('is given up when the server stops: a store that stays busy must not keep it', async () => {
    const { calls, append } = failing(1);
    await expect(retryWhileBusy(append, () => true)).rejects.toThrow('later');
    expect(calls.count).toBe(1);
  });

  it('is not repeated after another error: a broken disk does not mend by asking', async () => {
    const { calls, append } = failing(1, new Error('disk full'));
    await expect(retryWhileBusy(append, () => false)).rejects.toThrow('disk full');
    expect(calls.count).toBe(1);
  });
});
