// Past the door of server/store: stored bytes are damaged before they are decoded.
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import type { EntityKind } from '../../core/readings/index.ts';
import { decodeChunk, encodeChunk } from '../../server/store/series/chunk.ts';
import { DamagedBytes, putVarint, Unencodable, writer } from '../../server/store/series/codec/index.ts';
import type { Columns } from '../../server/store/series/columns.ts';
import { type Commit, decodeCommit, encodeCommit } from '../../server/store/series/wal.ts';
import { type Target, target, timed } from './fuzz.ts';

/** Doubles that encoders stumble over. */
const ODD = [
  Number.NaN,
  0,
  -0,
  5e-324,
  -5e-324,
  2.2250738585072014e-308,
  1.79e308,
  -1.79e308,
  2 ** 51,
  2 ** 52,
  2 ** 53,
  2 ** 53 + 2,
  2 ** 60,
  1e21,
  1 / 3,
  0.1,
];
const oddValue = fc.oneof(
  fc.constantFrom(...ODD),
  fc.double(),
  fc.float(),
  fc.integer().map((whole) => whole / 1000),
  fc.integer({ min: 0, max: 100 }),
);

/** A column as tools fill them (one value, steps, a few distinct ones) or as nobody does. */
const column = (rows: number): fc.Arbitrary<Float64Array> =>
  fc.oneof(
    fc.array(oddValue, { minLength: rows, maxLength: rows }).map((values) => Float64Array.from(values)),
    oddValue.map((value) => new Float64Array(rows).fill(value)),
    fc
      .tuple(fc.integer({ min: -1e9, max: 1e9 }), fc.integer({ min: 1, max: 5e6 }), fc.constantFrom(1, 10, 1000, 1 << 20))
      .map(([first, step, scale]) => Float64Array.from({ length: rows }, (_, row) => (first + step * row) / scale)),
    fc.array(fc.constantFrom(0, 1, 0.5, Number.NaN), { minLength: rows, maxLength: rows }).map((values) => Float64Array.from(values)),
  );

const columns: fc.Arbitrary<Columns> = fc
  .tuple(
    fc.oneof({ weight: 5, arbitrary: fc.integer({ min: 1, max: 24 }) }, { weight: 1, arbitrary: fc.integer({ min: 25, max: 300 }) }),
    fc.uniqueArray(fc.integer({ min: 1, max: 400 }), { maxLength: 5 }),
  )
  .chain(([rows, metrics]) =>
    fc.tuple(column(rows), fc.tuple(...metrics.map(() => column(rows)))).map(([t, values]) => ({
      t,
      columns: new Map(metrics.map((metric, index) => [metric, values[index] ?? new Float64Array(rows)])),
    })),
  );

const name = fc.string({ unit: 'grapheme', maxLength: 30 });
const whole = fc.oneof(fc.nat(), fc.maxSafeNat());
const record = <T>(fields: { [K in keyof T]: fc.Arbitrary<T[K]> }): fc.Arbitrary<T> => fc.record<T>(fields, { noNullPrototype: true });
const commit: fc.Arbitrary<Commit> = record<Commit>({
  entities: fc.array(
    record({
      no: whole,
      kind: fc.constantFrom<EntityKind>('gpu', 'host', 'engine', 'process'),
      id: name,
      node: fc.option(name.filter((node) => node !== '')),
    }),
    { maxLength: 3 },
  ),
  batches: fc.array(record({ source: name, seq: whole, heard: fc.double(), blocks: fc.array(record({ entity: whole, columns }), { maxLength: 3 }) }), {
    maxLength: 4,
  }),
});

/** Damage of a disk: bits turned over, a piece lost, said twice or overwritten. */
const damages = fc.array(fc.tuple(fc.constantFrom('flip', 'cut', 'twice', 'write'), fc.nat(), fc.integer({ min: 1, max: 40 }), fc.nat({ max: 255 })), {
  minLength: 1,
  maxLength: 4,
});

function hurt(bytes: Uint8Array, all: readonly (readonly [string, number, number, number])[]): Uint8Array {
  return all.reduce((whole, [kind, place, length, byte]) => {
    const at = place % (whole.length + 1);
    if (kind === 'cut') return Buffer.concat([whole.subarray(0, at), whole.subarray(at + length)]);
    if (kind === 'twice') return Buffer.concat([whole.subarray(0, at + length), whole.subarray(at)]);
    const changed = Uint8Array.from(whole);
    if (kind === 'flip')
      changed[at] = (changed[at] ?? 0) ^ (1 << (byte & 7)); // beyond the end nothing is written
    else changed.fill(byte, at, at + length);
    return changed;
  }, bytes);
}

/** Bytes that no decoded answer may take: a damaged row must not eat the memory. */
const MOST = 300 * 1024 * 1024;

/** Decodes, where the typed error is an answer as well. */
function attempt<T>(work: () => T, sizeOf: (result: T) => number): T | null {
  try {
    const result = timed('decoding', work);
    const size = sizeOf(result);
    if (size > MOST) throw new Error(`${size} bytes came of it`);
    return result;
  } catch (error) {
    if (error instanceof DamagedBytes) return null;
    throw error;
  }
}

const sizeOfColumns = ({ t, columns: more }: Columns): number => t.byteLength * (1 + more.size);
const sizeOfCommit = ({ batches }: Commit): number => batches.flatMap(({ blocks }) => blocks).reduce((sum, block) => sum + sizeOfColumns(block.columns), 0);

const row = (input: Commit): Commit => {
  const { entities, batches } = decodeCommit(encodeCommit(input));
  return { entities, batches };
};

/** What is written of readings, and what is read of damaged bytes. */
export const storedTargets: readonly Target[] = [
  target(
    'write-ahead rows there and back',
    commit,
    (input) => {
      if (!isDeepStrictEqual(row(input), input)) throw new Error('another commit came back');
    },
    2,
  ),
  target(
    'damaged write-ahead rows',
    fc.tuple(commit, damages),
    ([input, all]) => {
      const sound = encodeCommit(input);
      // The version stays: without it nothing says what the bytes are.
      const bytes = Buffer.concat([sound.subarray(0, 1), hurt(sound.subarray(1), all)]);
      const read = attempt(() => decodeCommit(bytes), sizeOfCommit);
      if (read === null) throw new Error('all of a row is given up for a part of it');
      for (const batch of read.batches)
        if (!input.batches.some((sent) => isDeepStrictEqual(sent, batch))) throw new Error('a batch came back that nobody wrote');
      const [only] = all;
      const lost = input.entities.length + input.batches.length - read.entities.length - read.batches.length;
      if (all.length === 1 && only?.[0] === 'flip' && lost > 1) throw new Error(`a bit cost ${lost} records`);
    },
    2,
  ),
  target(
    'bytes as a write-ahead row',
    fc.tuple(fc.nat({ max: 4 }), fc.uint8Array({ maxLength: 400 })),
    ([version, bytes]) => void attempt(() => decodeCommit(Buffer.concat([Uint8Array.of(version), bytes])), sizeOfCommit),
    2,
  ),
  target(
    'chunks there and back',
    columns,
    (input) => {
      const metrics = [...input.columns.keys()];
      if (!isDeepStrictEqual(decodeChunk(encodeChunk(input, metrics), metrics), input)) throw new Error('another table came back');
    },
    2,
  ),
  target(
    'damaged chunks',
    fc.tuple(columns, damages),
    ([input, all]) => {
      const metrics = [...input.columns.keys()];
      attempt(() => decodeChunk(hurt(encodeChunk(input, metrics), all), metrics), sizeOfColumns);
    },
    2,
  ),
  target(
    'bytes as a chunk',
    fc.tuple(fc.uint8Array({ maxLength: 400 }), fc.nat({ max: 40 })),
    ([bytes, count]) =>
      void attempt(
        () =>
          decodeChunk(
            Buffer.concat([Uint8Array.of(1), bytes]),
            Array.from({ length: count }, (_, index) => index),
          ),
        sizeOfColumns,
      ),
    2,
  ),
  target('numbers that no varint holds', fc.oneof(oddValue, fc.constantFrom(Number.POSITIVE_INFINITY, -1)), (value) => {
    try {
      putVarint(writer(8), value);
      if (!(Number.isInteger(value) && value >= 0 && value <= 2 ** 53)) throw new Error('it was written');
    } catch (error) {
      if (!(error instanceof Unencodable)) throw error;
    }
  }),
];
