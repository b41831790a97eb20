// Past the door of collectors/run: a table is filled beyond its bound, which a recording would need hours for.
import { describe, expect, it } from 'vitest';
import { growTable } from '../../../collectors/run/grow-table.ts';

const gpu = { kind: 'gpu', id: 'GPU-a' } as const;

describe('a table that grows', () => {
  it('beyond its bound averages neighbouring gauges and keeps the later value of a counter', () => {
    const table = growTable(gpu, 4);
    [10, 20, 30, 40, 50].forEach((value, index) => table.add(index, { 'gpu.power': value, 'gpu.pcieReplay': value }));
    const { t, columns } = table.table();
    expect([...t]).toEqual([1, 3, 4]);
    expect([...(columns.get('gpu.power') ?? [])]).toEqual([15, 35, 50]);
    expect([...(columns.get('gpu.pcieReplay') ?? [])]).toEqual([20, 40, 50]);
    expect(table.merged).toBe(2);
  });

  it('keeps absent absent when neighbours are merged', () => {
    const table = growTable(gpu, 4);
    table.add(0, { 'gpu.power': 100 });
    table.add(1, {});
    table.add(2, {});
    table.add(3, {});
    table.add(4, { 'gpu.power': 50 });
    expect([...(table.table().columns.get('gpu.power') ?? [])]).toEqual([100, Number.NaN, 50]);
  });

  it('sorts late samples in and joins two lines of one instant', () => {
    const table = growTable(gpu);
    table.add(5, { 'gpu.power': 105 });
    table.add(3, { 'gpu.power': 103 });
    table.add(5, { 'gpu.util': 0.5 });
    const { t, columns } = table.table();
    expect([...t]).toEqual([3, 5]);
    expect([...(columns.get('gpu.power') ?? [])]).toEqual([103, 105]);
    expect([...(columns.get('gpu.util') ?? [])]).toEqual([Number.NaN, 0.5]);
  });

  it('holds a hundred thousand rows', () => {
    const table = growTable(gpu);
    for (let at = 0; at < 100_000; at += 1) table.add(at, { 'gpu.util': 1 });
    expect(table.rows).toBe(100_000);
    expect(table.merged).toBe(1);
  });
});
