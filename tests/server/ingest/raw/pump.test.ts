// Past the door of server/ingest/raw: a stream is pumped without a connection.
import { describe, expect, it } from 'vitest';
import type { StreamLine } from '../../../../core/contract/index.ts';
import { Problem } from '../../../../server/http/index.ts';
import { pump } from '../../../../server/ingest/raw/pump.ts';
import { openStreams, rawReader, scopeOf } from '../../../../server/ingest/index.ts';
import { blockFromTable, type Intake } from '../../../../core/readings/index.ts';

const HEADER = '# gpu     pwr     sm\n# Idx       W      %\n';
const row = (watts: number | string): string => `    0     ${watts}     97\n`;
const MIB = 1024 * 1024;

/** What a stream of some network chunks leaves in the store, and what its sender is told. */
async function pumped(chunks: readonly string[], bad: (intake: Intake) => readonly string[] = () => [], full = { readings: 0, bytes: 0 }) {
  let refusals = full.readings;
  let unread = full.bytes;
  const scope = scopeOf({ sender: '10.0.0.3', node: 'n1', key: null, job: null });
  const batches: Intake[] = [];
  const lines: StreamLine[] = [];
  let now = 1_740_139_200;
  async function* body(): AsyncGenerator<Buffer> {
    for (const chunk of chunks) yield await Promise.resolve(Buffer.from(chunk));
  }
  const done = pump({
    body: body(),
    reader: rawReader(scope, { node: scope.node, uuids: scope.uuids }, undefined),
    ingest: {
      batch: () => Promise.reject(new Error('a stream is typed: it is not checked as a body is')),
      receive: () => {
        if (unread-- > 0) throw new Problem(429, { error: 'the limit “bytes a minute” is reached', where: 'body', remedy: 'wait' }, 30);
      },
      intake: (intake) => {
        if (refusals > 0) {
          refusals -= 1;
          return Promise.reject(new Problem(429, { error: 'the limit “values a minute” is reached', where: 'body', remedy: 'wait' }, 30));
        }
        batches.push(intake);
        const rejected = bad(intake).map((reason) => ({ at: 'blocks/0', reason }));
        return Promise.resolve({ durable: intake.tables.reduce((sum, { t, columns }) => sum + t.length * columns.size, 0), duplicate: false, rejected });
      },
    },
    batch: { node: 'n1' },
    from: { sender: { kind: 'system' }, mark: '' },
    now: () => (now += 1),
    write: (line) => lines.push(line),
    ending: () => 'the sender ended the stream',
    stopping: () => false,
  });
  await done;
  return { batches, lines, watts: batches.flatMap(({ tables }) => tables.flatMap(({ columns }) => [...(columns.get('gpu.power') ?? [])])) };
}

describe('a stream that is pumped', () => {
  it('numbers its batches: the same number twice would be a repetition, and not stored', async () => {
    const { batches, watts } = await pumped([HEADER + row(300), row(310), row(320)]);
    expect(batches.map(({ seq }) => seq)).toEqual([0, 1, 2]);
    expect(new Set(batches.map(({ source }) => source)).size).toBe(1);
    expect(watts).toEqual([300, 310, 320]);
  });

  it('that meets the limit of a minute waits, is told so, and loses nothing', async () => {
    const { batches, lines, watts } = await pumped([HEADER + row(300), row(310)], undefined, { readings: 2, bytes: 0 });
    expect(watts).toEqual([300, 310]);
    expect(batches.map(({ seq }) => seq)).toEqual([0, 1]);
    expect(lines.filter((line) => 'note' in line)).toHaveLength(1);
    expect(lines[0]).toMatchObject({ note: expect.stringContaining('values a minute') as string });
  });

  it('waits as well where the minute is full of bytes, before it reads them', async () => {
    const { lines, watts } = await pumped([HEADER + row(300), row(310)], undefined, { readings: 0, bytes: 1 });
    expect(watts).toEqual([300, 310]);
    expect(lines[0]).toMatchObject({ note: expect.stringContaining('bytes a minute') as string });
  });

  it('is read to its last line, whether or not that ends with a line feed', async () => {
    const { watts, lines } = await pumped([HEADER + row(300), row(310).trimEnd()]);
    expect(watts).toEqual([300, 310]);
    expect(lines.at(-1)).toMatchObject({ durable: 4, end: 'the sender ended the stream', rejected: 0 });
  });

  it('may go on for ever while readings come, and is refused after 8 MiB without one', async () => {
    const noise = `${'x'.repeat(1023)}\n`.repeat(5 * 1024);
    expect((await pumped([HEADER + row(300), noise, row(310), noise, row(320)])).watts).toEqual([300, 310, 320]);
    await expect(pumped([HEADER + row(300), noise, noise])).rejects.toThrow(Problem);
    expect(noise.length).toBe(5 * MIB);
  });

  it('tells twenty refused lines word for word and counts all: a sender that prints nonsense is not sent it back', async () => {
    const { lines } = await pumped([HEADER + row(300), row('much').repeat(30)]);
    expect(lines.filter((line) => 'rejected' in line && typeof line.rejected === 'object')).toHaveLength(20);
    expect(lines.at(-1)).toMatchObject({ rejected: 30 });
  });

  it('counts what ingest refuses of it, too', async () => {
    const { lines } = await pumped([HEADER + row(300)], () => ['outside the time that is accepted']);
    expect(lines).toContainEqual({ rejected: { at: 'gpu n1#0', reason: 'outside the time that is accepted' } });
    expect(lines.at(-1)).toMatchObject({ rejected: 1 });
  });
});

describe('a table as it travels', () => {
  const table = {
    entity: { kind: 'gpu' as const, id: 'GPU-1' },
    t: Float64Array.of(1000.0004, 1000.5),
    columns: new Map([['gpu.power' as const, Float64Array.of(300, Number.NaN)]]),
    facts: new Map(),
  };
  it('keeps milliseconds and says of an absent value that it is absent, not zero', () => {
    expect(blockFromTable(table)).toEqual({ entity: { kind: 'gpu', id: 'GPU-1' }, t: [1000, 1000.5], columns: { 'gpu.power': [300, null] } });
  });
});

describe('open streams', () => {
  it('are bounded, and one that ended makes room', () => {
    const streams = openStreams({ all: 2, perToken: 2 });
    const first = streams.open('a', () => undefined);
    expect(typeof streams.open('a', () => undefined)).toBe('function');
    expect(streams.open('b', () => undefined)).toBe('all');
    if (typeof first === 'function') first();
    expect(typeof streams.open('b', () => undefined)).toBe('function');
    expect(streams.count).toBe(2);
  });

  it('are bounded for each token, and one that was told twice to have ended makes room once', () => {
    const streams = openStreams({ all: 9, perToken: 2 });
    const first = streams.open('a', () => undefined);
    streams.open('a', () => undefined);
    expect(streams.open('a', () => undefined)).toBe('caller');
    expect(typeof streams.open('b', () => undefined)).toBe('function');
    if (typeof first === 'function') first();
    if (typeof first === 'function') first();
    expect(typeof streams.open('a', () => undefined)).toBe('function');
    expect(streams.open('a', () => undefined)).toBe('caller');
  });

  it('are all asked to end when the server stops, and no new one keeps it from stopping', async () => {
    const streams = openStreams({ all: 2, perToken: 2 });
    const ended: (() => void)[] = [];
    const end = streams.open('a', () => ended.push(() => (typeof end === 'function' ? end() : undefined)));
    const closed = streams.close();
    expect(ended).toHaveLength(1);
    expect(streams.open('a', () => undefined)).toBe('all');
    for (const one of ended) one();
    await closed;
    expect(streams.count).toBe(0);
  });
});
