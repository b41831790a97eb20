import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openThread, type Thread } from '../../../server/threads/index.ts';
import type { OddHandlers } from '../../support/odd-thread.ts';

const entry = new URL('../../support/odd-thread.ts', import.meta.url);
const threadForTest = (options: { longest?: number; idle?: number; data?: object } = {}): Thread<OddHandlers> => {
  const thread = openThread<OddHandlers>({ entry, name: 'odd', data: {}, ...options });
  onTestFinished(() => thread.close());
  return thread;
};
const count = async (thread: Thread<OddHandlers>) => {
  const outcome = await thread.ask('count', null);
  return outcome.kind === 'done' ? outcome.value : outcome.failure.message;
};

describe('a thread', () => {
  it('starts with the first request, and answers the next ones in turn', async () => {
    const thread = threadForTest();
    expect(await Promise.all([count(thread), count(thread), count(thread)])).toEqual([1, 2, 3]);
    expect(await thread.start()).toBeNull();
    expect(await count(thread)).toBe(4);
  });

  it('goes on after a request that failed, whose kind and words come back', async () => {
    const thread = threadForTest();
    await count(thread);
    expect(await thread.ask('fail', 'too far')).toMatchObject({ kind: 'failed', failure: { code: 'range', message: 'too far' } });
    expect(await count(thread)).toBe(2);
  });

  it('goes on after an argument that cannot cross to it', async () => {
    const thread = threadForTest();
    await count(thread);
    expect((await thread.ask('fail', (() => 1) as never)).kind).toBe('failed');
    expect(await count(thread)).toBe(2);
  });

  it('that ends under a request is replaced for the next one', async () => {
    const thread = threadForTest();
    await count(thread);
    expect(await thread.ask('end', 3)).toMatchObject({ kind: 'died', failure: { message: 'it ended with 3 during end' } });
    expect(await count(thread)).toBe(1);
  });

  it.each(['hang', 'spin'] as const)('that is asked to %s is ended after its time, and replaced', async (operation) => {
    const thread = threadForTest({ longest: 300 });
    await thread.start();
    expect(await thread.ask(operation, null)).toMatchObject({ kind: 'died', failure: { message: `${operation} took longer than 0.3 s` } });
    await thread.start();
    expect(await count(thread)).toBe(1);
  });

  it('that cannot open what it works on says why, each time that it is asked', async () => {
    const thread = threadForTest({ data: { unopened: 'no such file' } });
    expect(await thread.start()).toMatchObject({ code: 'failed', message: 'no such file' });
    expect(await thread.ask('count', null)).toMatchObject({ kind: 'unopened', failure: { message: 'no such file' } });
  });

  it('that nobody asks any more ends, and starts anew when it is asked again', async () => {
    const thread = threadForTest({ idle: 20 });
    expect(await count(thread)).toBe(1);
    let again: number | string = 2;
    // Each look wakes it: it has to be left alone for its time.
    for (let wait = 50; again !== 1 && wait < 10_000; wait *= 2) {
      await pause(wait);
      again = await count(thread);
    }
    expect(again).toBe(1);
  });

  it('that is closed while it begins does not go on running', async () => {
    const thread = threadForTest();
    const starting = thread.start();
    await thread.close();
    expect(await starting).toMatchObject({ message: 'the odd worker is closed' });
  });

  it('that is closed ends what it was asked, and takes no more', async () => {
    const thread = threadForTest();
    await thread.start();
    const hanging = thread.ask('hang', null);
    const waiting = thread.ask('count', null);
    await pause(50);
    await thread.close();
    expect((await hanging).kind).toBe('died');
    expect(await waiting).toMatchObject({ kind: 'died', failure: { message: 'the odd worker is closed' } });
    expect(await count(thread)).toBe('the odd worker is closed');
  });
});
