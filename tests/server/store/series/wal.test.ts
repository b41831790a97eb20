// Past the door of server/store/series: bytes of write-ahead rows are damaged, and those of earlier versions read.
import { describe, expect, it } from 'vitest';
import { DamagedBytes, Unencodable } from '../../../../server/store/series/codec/index.ts';
import { type CommittedBatch, commitWriter, decodeCommit, encodeCommit } from '../../../../server/store/series/wal.ts';
import { ODD_VALUES } from '../../../support/odd-numbers.ts';

const entity = { no: 1, kind: 'gpu', id: 'GPU-a', node: 'n1' } as const;
const batch = (source: string, seq: number, at = 1000): CommittedBatch => ({
  source,
  seq,
  heard: at,
  blocks: [{ entity: 1, columns: { t: Float64Array.of(at, at + 1), columns: new Map([[3, Float64Array.of(at / 4, Number.NaN)]]) } }],
});
const ROW = { entities: [entity], batches: [batch('s', 1), batch('t', 2, 2000), batch('u', 3, 3000)] };
const sources = (bytes: Uint8Array) => decodeCommit(bytes).batches.map(({ source }) => source);

describe('a write-ahead row', () => {
  it('is read as it was written', () => {
    expect(decodeCommit(encodeCommit(ROW))).toEqual({ ...ROW, damaged: [] });
  });

  it('is read from a Buffer wherever its columns begin, whole doubles among them', () => {
    const values = Float64Array.of(1 / 3, Number.NaN, 5e-324, 1.79e308);
    const blocks = [{ entity: 1, columns: { t: Float64Array.of(1, 2, 3, 4), columns: new Map([[3, values]]) } }];
    for (let length = 1; length <= 8; length += 1) {
      const row = { entities: [], batches: [{ ...batch('x'.repeat(length), 1), blocks }] };
      expect(decodeCommit(Buffer.from(encodeCommit(row)))).toEqual({ ...row, damaged: [] });
    }
  });

  it('loses no more than one record by any one damaged byte, and says so', () => {
    const whole = encodeCommit(ROW);
    for (let at = 1; at < whole.length; at += 1) {
      for (const bit of [1, 0x80, 0xff]) {
        const bytes = whole.slice();
        bytes[at] = (bytes[at] ?? 0) ^ bit;
        const { entities, batches, damaged } = decodeCommit(bytes);
        expect([at, entities.length + batches.length, damaged.length]).toEqual([at, 3, 1]);
        for (const one of batches) expect(ROW.batches).toContainEqual(one);
      }
    }
  });

  it('that was cut has all whose end is there', () => {
    const whole = encodeCommit(ROW);
    const ends = [encodeCommit({ ...ROW, batches: ROW.batches.slice(0, 1) }), encodeCommit({ ...ROW, batches: ROW.batches.slice(0, 2) })].map(
      (one) => one.length,
    );
    for (let cut = 2; cut < whole.length; cut += 1) {
      expect([cut, sources(whole.subarray(0, cut)).length]).toEqual([cut, ends.filter((end) => cut >= end).length]);
    }
  });

  it('of an unknown version is damage, not an empty row', () => {
    expect(() => decodeCommit(Uint8Array.of(9, 0, 0))).toThrow(DamagedBytes);
    expect(() => decodeCommit(new Uint8Array(0))).toThrow(DamagedBytes);
  });

  it.each(ODD_VALUES)('refuses a batch numbered %d by itself: the others of the row are whole', (seq) => {
    const row = commitWriter();
    row.entity(entity);
    row.batch(batch('s', 1));
    expect(() => row.batch(batch('odd', seq))).toThrow(Unencodable);
    row.batch(batch('u', 3));
    expect(decodeCommit(row.bytes())).toEqual({ entities: [entity], batches: [batch('s', 1), batch('u', 3)], damaged: [] });
  });

  it('says that more is counted than there is, before it makes room for it', () => {
    // Version 2, no entities, 2^52 batches.
    expect(decodeCommit(Uint8Array.of(2, 0, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 8)).damaged).toHaveLength(1);
    // One batch of one block with 2^40 rows of one value.
    const rows = Buffer.from('020001017307000000000000000001018080808080200001' + '00'.repeat(20), 'hex');
    expect(decodeCommit(rows).damaged).toHaveLength(1);
  });
});

describe('a write-ahead row of version 2, which earlier versions of the service left behind', () => {
  const WHOLE =
    '02010100054750552d61026e31030173010000000000408f40010101010600d00f030600f4030174070000000000488f40010101010600d20f0306028287030175020000000000508f40010101010600d40f030602b48703';
  /** The same with the second batch numbered 2^60, which was written as a number without an end. */
  const ODD =
    '02010100054750552d61026e31030173010000000000408f40010101010600d00f030602d0860301748080808080808080100000000000488f40010101010600d20f0306028287030175020000000000508f40010101010600d40f030602b48703';

  it('is read in whole', () => {
    const { entities, batches, damaged } = decodeCommit(Buffer.from(WHOLE, 'hex'));
    expect(entities).toEqual([entity]);
    expect(batches.map(({ source, seq, blocks }) => [source, seq, blocks[0]?.columns.t[0], blocks[0]?.columns.columns.get(3)?.[0]])).toEqual([
      ['s', 1, 1000, 250],
      ['t', 7, 1001, 250.25],
      ['u', 2, 1002, 250.5],
    ]);
    expect(damaged).toEqual([]);
  });

  it('has what stands before its damage', () => {
    expect(sources(Buffer.from(ODD, 'hex'))).toEqual(['s']);
    expect(decodeCommit(Buffer.from(ODD, 'hex')).damaged).toHaveLength(1);
  });
});
