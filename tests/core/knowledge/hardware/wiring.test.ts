import { describe, expect, it } from 'vitest';
import { ceilingsFor, GPU_IDS, GPUS, weakestLink, type Wiring, wiringFrom } from '../../../../core/knowledge/index.ts';

function wiring(...rows: readonly string[]): Wiring {
  const made = wiringFrom(rows.map((row) => row.split(' ')));
  if (made === null) throw new Error('no wiring');
  return made;
}

const A100 = GPUS['A100-80'].nvlink;
const PAIRS = wiring('X NV12 SYS SYS', 'NV12 X SYS SYS', 'SYS SYS X NV12', 'SYS SYS NV12 X');
const MESH = wiring('X NV4 NV4 NV4', 'NV4 X NV4 NV4', 'NV4 NV4 X NV4', 'NV4 NV4 NV4 X');
const SWITCH = wiring('X NV12 NV12', 'NV12 X NV12', 'NV12 NV12 X');
/** A DGX-1's first four: a square with diagonals, one and two links. */
const CUBE = wiring('X NV1 NV1 NV2', 'NV1 X NV2 NV1', 'NV1 NV2 X NV2', 'NV2 NV1 NV2 X');

describe('the wiring of a node', () => {
  it('is no wiring where a cell is missing, unknown, or the rows make no square', () => {
    const rows = (...texts: readonly string[]) => wiringFrom(texts.map((text) => text.split(' ')));
    expect(rows('X NV4', 'NV4')).toBeNull();
    expect(rows('X NV4', 'N/A X')).toBeNull();
    expect(rows('X NV0', 'NV0 X')).toBeNull();
    expect(rows('X toString', 'PIX X')).toBeNull();
    expect(wiringFrom([])).toBeNull();
    expect(rows('X PIX', 'PIX X')).toHaveLength(2);
  });

  it.each([
    ['all links of a card lead through a switch: they are counted once', SWITCH, [0, 1, 2], { kind: 'nvlink', rate: 300e9, links: 12 }],
    ['two of a mesh have the links between them only', MESH, [1, 3], { kind: 'nvlink', rate: 100e9, links: 4 }],
    ['all four of a mesh have every link', MESH, [0, 1, 2, 3], { kind: 'nvlink', rate: 300e9, links: 12 }],
    ['a bridged pair', PAIRS, [2, 3], { kind: 'nvlink', rate: 300e9, links: 12 }],
    ['two pairs talk across the sockets', PAIRS, [0, 1, 2, 3], { kind: 'pcie', path: 'SYS' }],
    ['two of different pairs as well', PAIRS, [1, 2], { kind: 'pcie', path: 'SYS' }],
    ['the GPU with the fewest links into the group sets the pace', CUBE, [0, 1, 2, 3], { kind: 'nvlink', rate: 100e9, links: 4 }],
  ] as const)('%s', (_, wires, group, weakest) => {
    expect(weakestLink(wires, group, A100)).toEqual(weakest);
  });

  it('of PCIe alone is as far as the farthest hop that a ring cannot leave out', () => {
    const wires = wiring('X PIX NODE', 'PIX X PXB', 'NODE PXB X');
    expect(weakestLink(wires, [0, 1], null)).toEqual({ kind: 'pcie', path: 'PIX' });
    expect(weakestLink(wires, [0, 1, 2], null)).toEqual({ kind: 'pcie', path: 'PXB' });
  });

  it('never gives a card more than all of its links', () => {
    expect(weakestLink(wiring('X NV18', 'NV18 X'), [0, 1], A100)).toEqual({ kind: 'nvlink', rate: 300e9, links: 12 });
  });
});

describe('NVLink as the card’s node tells it', () => {
  it('takes the place of the table’s: fewer links, a pair alone, or none', () => {
    const at = (nvlink: Parameters<typeof ceilingsFor>[1] extends infer R ? (R extends { nvlink?: infer N } ? N : never) : never) =>
      ceilingsFor('A100-40', { nvlink }).nvlink;
    expect(at(undefined)).toEqual(GPUS['A100-40'].nvlink);
    expect(at(null)).toBeNull();
    expect(at({ links: 4, reach: 'all' })).toEqual({ duplex: 200e9, oneWay: 100e9, links: 4, reach: 'all' });
    expect(at({ links: 24, reach: 'all' })?.oneWay).toBe(300e9);
    expect(ceilingsFor('T4', { nvlink: { links: 4, reach: 'all' } }).nvlink).toBeNull();
  });

  // NVIDIA's NVLink page: 25 GB/s a link and direction since its second generation, 50 in its fifth; GA102 has 14.0625.
  it('has links of 25 GB/s, of 50 on Blackwell, of 14 on GA102', () => {
    const rates = GPU_IDS.flatMap((id) => {
      const { nvlink } = GPUS[id];
      return nvlink === null ? [] : [[id, nvlink.oneWay / nvlink.links / 1e9] as const];
    });
    expect(new Set(rates.map(([, rate]) => rate))).toEqual(new Set([25, 50, 14.0625]));
    expect(rates.filter(([, rate]) => rate === 14.0625).map(([id]) => id)).toEqual(['A40', 'A6000', 'RTX-3090']);
    expect(rates.filter(([, rate]) => rate === 50).map(([id]) => id)).toEqual(['B200']);
  });
});
