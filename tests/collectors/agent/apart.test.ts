// Past the door of collectors/agent: one source that hangs, throws and dies at will.
import { afterEach, describe, expect, it } from 'vitest';
import { apart, type Apart } from '../../../collectors/agent/apart.ts';

const WAYWARD = new URL('../../support/wayward-source.mjs', import.meta.url);
const SEEN = { readings: [], facts: [] };
const [ANSWER, LOOP, THROW, DIE, SILENCE] = [1, 2, 3, 4, 5];

let source: Apart | null = null;
afterEach(() => source?.stop());

function open(seconds = 0.3): { ask: (at?: number) => Promise<unknown>; processes: (at?: number) => Promise<unknown>; troubles: string[] } {
  const troubles: string[] = [];
  const own = apart({
    about: { host: { node: 'n1', scratch: '/tmp' }, processes: { node: 'n1', uid: null } },
    seconds,
    trouble: (text) => troubles.push(text),
    entry: WAYWARD,
  });
  source = own;
  return {
    ask: (at = ANSWER) => own.ask('host', { at: at ?? Number.NaN }),
    processes: (at = ANSWER) => own.ask('processes', { at: at ?? Number.NaN, onGpus: [] }),
    troubles,
  };
}

describe('a source in a thread of its own', () => {
  it('answers, question after question', async () => {
    const { ask, troubles } = open();
    expect([await ask(), await ask()]).toEqual([SEEN, SEEN]);
    expect(troubles).toEqual([]);
  });

  it.each([
    ['loops for ever', LOOP, 'host: no answer within 0.3 s: left out; asked again ever more rarely'],
    ['says nothing', SILENCE, 'host: no answer within 0.3 s: left out; asked again ever more rarely'],
    ['throws', THROW, 'host: no such file: left out; asked again ever more rarely'],
    ['dies', DIE, 'host: its thread ended: left out; asked again ever more rarely'],
  ])('one that %s is given up, told once, and asked again in a fresh thread', async (_, fault, words) => {
    const { ask, troubles } = open();
    expect(await ask()).toEqual(SEEN);
    expect(await ask(fault)).toBeNull();
    expect(troubles).toEqual([words]);
    expect(await ask()).toBeNull(); // a turn is left out
    expect(await ask()).toEqual(SEEN);
    expect(troubles).toEqual([words, 'host: there again']);
  });

  it('one that loops costs the other nothing: it is asked in a fresh thread, at the same sample and at the next', async () => {
    const { ask, processes, troubles } = open();
    await ask();
    expect(await Promise.all([ask(LOOP), processes()])).toEqual([null, SEEN]);
    expect(await Promise.all([ask(), processes()])).toEqual([null, SEEN]);
    expect(await Promise.all([ask(), processes(LOOP)])).toEqual([SEEN, null]);
    expect(await ask()).toEqual(SEEN);
    expect(troubles.map((text) => text.split(':')[0])).toEqual(['host', 'host', 'processes']);
  });

  it('this thread goes on while that one loops', async () => {
    const { ask } = open(1);
    await ask();
    let turns = 0;
    const counting = setInterval(() => (turns += 1), 10);
    await ask(LOOP);
    clearInterval(counting);
    expect(turns).toBeGreaterThan(5);
  });

  it('one that fails again and again is asked after 1, 3, 7 … turns, and told once', async () => {
    const { ask, troubles } = open();
    const turns: string[] = [];
    await ask();
    for (let turn = 0; turn < 13; turn += 1) {
      let over = false;
      const asking = ask(DIE).then(() => (over = true));
      await new Promise((resolve) => setImmediate(resolve)); // a thread neither starts nor dies within a turn of the loop
      turns.push(over ? '-' : 'asked');
      await asking;
    }
    expect(turns.join(' ')).toBe('asked - asked - - - asked - - - - - -');
    expect(troubles).toHaveLength(1);
  });

  it('one that is being asked still is not asked again', async () => {
    const { ask } = open();
    await ask();
    const first = ask(SILENCE);
    expect(await ask()).toBeNull();
    expect(await first).toBeNull();
  });
});
