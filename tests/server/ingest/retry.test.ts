import { describe, expect, it } from 'vitest';
import { Problem } from '../../../server/http/index.ts';
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

  const full = (seconds: number | null) => new Problem(429, { error: 'the limit is reached', where: 'body', remedy: 'wait' }, seconds);

  it('is repeated where a limit is soon over, which is told once', async () => {
    const { calls, append } = failing(3, full(60));
    const told: string[] = [];
    expect(
      await retryWhileBusy(
        append,
        () => false,
        ({ error }) => told.push(error),
      ),
    ).toBe('stored');
    expect([calls.count, told]).toEqual([4, ['the limit is reached']]);
  });

  it.each([full(61), full(null)])('is not repeated where a limit is over later than a sender is kept, or never', async (problem) => {
    await expect(retryWhileBusy(failing(1, problem).append, () => false)).rejects.toBe(problem);
  });

  it('is not repeated after another error: a broken disk does not mend by asking', async () => {
    const { calls, append } = failing(1, new Error('disk full'));
    await expect(retryWhileBusy(append, () => false)).rejects.toThrow('disk full');
    expect(calls.count).toBe(1);
  });
});
