// Past the door of server/store/series: columns are packed and read without a file.
import { describe, expect, it } from 'vitest';
import { mergeColumns } from '../../../../core/readings/index.ts';
import { type Columns, sliceColumns } from '../../../../server/store/series/columns.ts';
import { extendHead, newHead, readHead } from '../../../../server/store/series/head.ts';

const table = (t: number[], columns: Record<number, number[]>): Columns => ({
  t: Float64Array.from(t),
  columns: new Map(Object.entries(columns).map(([no, values]) => [Number(no), Float64Array.from(values)])),
});
const plain = ({ t, columns }: Columns): unknown => ({ t: [...t], ...Object.fromEntries([...columns].map(([no, values]) => [no, [...values]])) });

describe('merging tables of one entity', () => {
  it('stretches that follow each other stand one after the other, absent where one lacks a metric', () => {
    expect(plain(mergeColumns([table([1, 2], { 5: [10, 20] }), table([3], { 6: [7] })]))).toEqual({ t: [1, 2, 3], 5: [10, 20, NaN], 6: [NaN, NaN, 7] });
  });

  it('a late stretch is put in its place', () => {
    expect(plain(mergeColumns([table([10, 20], { 5: [1, 2] }), table([5, 15], { 5: [3, 4] })]))).toEqual({ t: [5, 10, 15, 20], 5: [3, 1, 4, 2] });
  });

  it('of two values for one instant the one written later stays, and a metric it lacks keeps the earlier one', () => {
    expect(plain(mergeColumns([table([1, 2], { 5: [1, 2], 6: [8, 9] }), table([2], { 5: [3], 6: [NaN] })]))).toEqual({ t: [1, 2], 5: [1, 3], 6: [8, 9] });
  });

  it('rows out of order within one part are put in order, and repeated ones become one', () => {
    expect(plain(mergeColumns([table([3, 1, 3], { 5: [30, 10, 31] })]))).toEqual({ t: [1, 3], 5: [10, 31] });
  });

  it('a part of the time holds its first instant and not its last', () => {
    expect(plain(sliceColumns(table([1, 2, 3], { 5: [1, 2, 3] }), 2, 3))).toEqual({ t: [2], 5: [2] });
  });
});

describe('open readings', () => {
  it('come back in order, with metrics that appeared later absent before', () => {
    const head = newHead(1, 0);
    for (let row = 0; row < 40; row += 1) extendHead(head, table([row], row < 30 ? { 5: [row] } : { 5: [row], 6: [row * 2] }), row + 1);
    const { t, columns } = readHead(head);
    expect([t.length, t[39], columns.get(5)?.[39], columns.get(6)?.[29], columns.get(6)?.[30]]).toEqual([40, 39, 39, NaN, 60]);
    expect([head.firstWal, head.lastWal, head.last]).toEqual([1, 40, 39]);
  });
});
