// Past the door of server/ingest/raw: what a parsing thread does, without the thread.
import { describe, expect, it } from 'vitest';
import { parsing } from '../../../../server/ingest/raw/parsing.ts';
import type { RawReader } from '../../../../server/ingest/raw/reader.ts';

const place = { node: 'n1', job: null, uuids: {} };
const opening = { place, context: {}, given: undefined, recording: {} };
const piece = { tables: [], facts: [], events: [], rejected: [] };

/** A reader that goes back over a line of many a's, and says how many texts it was fed. */
function slowOn(): RawReader & { readonly fed: string[] } {
  const fed: string[] = [];
  return {
    fed,
    collectors: ['slow'],
    wentBack: 0,
    feed(text) {
      fed.push(text);
      if (text.includes('aaaa')) new RegExp('^(a+)+$', 'm').test(text);
      return piece;
    },
    end: () => piece,
  };
}

const long = `${'a'.repeat(5_000)}!\n`;

describe('a parsing thread', () => {
  it('stops at a line that takes too long, tells its number, and goes on with other streams', async () => {
    const readers = [slowOn(), slowOn()];
    let opened = 0;
    const thread = parsing(() => readers[opened++] ?? slowOn(), 200);
    await thread.feed({ id: 'victim', opening, text: 'one\n', now: 1 });
    await thread.feed({ id: 'hostile', opening, text: 'one\ntwo\n', now: 1 });
    const before = performance.now();
    const refused = await thread.feed({ id: 'hostile', opening: null, text: `three\nfour\n${long}six\n`, now: 2 });
    expect(performance.now() - before).toBeLessThan(60_000);
    expect(refused).toMatchObject({ refused: { status: 422, reply: { where: 'line 5', error: expect.stringContaining('0.2 s') as string } } });
    expect(await thread.feed({ id: 'victim', opening: null, text: 'two\n', now: 3 })).toMatchObject({ piece, collectors: ['slow'] });
    expect(readers[0]?.fed).toEqual(['one\n', 'two\n']);
    // What was read of the hostile one is forgotten with it.
    expect(await thread.feed({ id: 'hostile', opening: null, text: 'seven\n', now: 4 })).toMatchObject({ refused: { status: 503 } });
  });

  it('reads lines as tools print them together, and a long one by itself', async () => {
    const reader = slowOn();
    const thread = parsing(() => reader, 60_000);
    const chunk = `${'b\n'.repeat(3_000)}${'b'.repeat(5_000)}\n${'b\n'.repeat(3_000)}`;
    await thread.feed({ id: 'x', opening, text: chunk, now: 1 });
    expect(reader.fed.map((text) => text.length)).toEqual([6_000, 5_001, 6_000]);
    expect(reader.fed.join('')).toBe(chunk);
  });

  it('does not begin a stream in its middle: after its thread was ended the sender is told', async () => {
    const thread = parsing(slowOn, 1_000);
    expect(await thread.feed({ id: 'x', opening: null, text: 'row\n', now: 1 })).toMatchObject({ refused: { status: 503 } });
  });
});
