// Past the door of server/store: what crosses to the worker is packed and unpacked without one.
import { describe, expect, it } from 'vitest';
import { packGroup, unpackGroup } from '../../../../server/store/series/pack-group.ts';
import type { PackedIntake } from '../../../../server/store/series/pack-intake.ts';

const UTIL = ['gpu.util', 'gpu.power'] as const;
const gpu = (id: string, node: string | null, rows = 1) => ({ kind: 'gpu' as const, id, node, rows, metrics: UTIL });
const intake = (source: string, seq: number, tables: PackedIntake['tables'], data: readonly number[]): PackedIntake => ({
  source,
  seq,
  values: data.length - 1,
  tables,
  data: Float64Array.from(data),
});
/** As the worker has it. */
const crossed = (batches: readonly PackedIntake[]) => unpackGroup(structuredClone(packGroup(batches)));

describe('a group of intakes', () => {
  it('comes out as it went in: names, numbers, sets and who has no node', () => {
    const batches = [
      intake('a', 0, [gpu('G1', 'n1'), gpu('G2', 'n1'), gpu('G3', null), gpu('G4', 'n1')], [1, 0.5, 1, 2, 0.5, Number.NaN, 3, 0, 0, 4, 0.25, 7]),
      intake('a', 2 ** 40, [], []),
      intake(
        'b\n',
        1,
        [{ kind: 'host', id: '', node: '', rows: 2, metrics: ['host.cpu'] }, gpu('G1', 'n2'), gpu('G2', 'n1', 2)],
        [1, 2, 0, 1, 5, 6, 7, 8, 9, 1, 2, 3, 4],
      ),
    ];
    expect(crossed(batches)).toEqual(batches);
  });

  it('holds a set of metrics once, however many tables have it', () => {
    expect(packGroup([intake('a', 0, [gpu('G1', 'n1'), gpu('G2', 'n1')], [1, 2, 3, 4, 5, 6])]).sets).toEqual([UTIL]);
  });

  it('of nothing is nothing', () => {
    expect(crossed([])).toEqual([]);
  });

  it('that says more than it holds is an error, not readings of somebody else', () => {
    const group = packGroup([intake('a', 0, [gpu('G1', 'n1')], [1, 2, 3])]);
    expect(() => unpackGroup({ ...group, names: group.names.slice(0, -1) })).toThrow(RangeError);
    expect(() => unpackGroup({ ...group, sets: [] })).toThrow(RangeError);
  });
});
