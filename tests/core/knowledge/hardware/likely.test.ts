import { describe, expect, it } from 'vitest';
import { type CardSeen, likelyGpus } from '../../../../core/knowledge/index.ts';

const MIB = 2 ** 20;
const NOTHING: CardSeen = { memoryTotal: null, memoryUsed: null, clock: null, powerLimit: null };

describe('the cards that a memory size and clocks leave', () => {
  it.each([
    [
      '40 GB at 1410 MHz: the A100 of 40 GB, the board with its power limit first',
      { memoryTotal: 40960 * MIB, clock: 1410e6, powerLimit: 250 },
      ['A100-PCIE-40', 'A100-40'],
    ],
    ['15 GB at 1590 MHz: the T4', { memoryTotal: 15360 * MIB, clock: 1590e6 }, ['T4']],
    ['45 GB at 1740 MHz: the A40, not the faster cards of its size', { memoryTotal: 46068 * MIB, clock: 1740e6 }, ['A40']],
    ['45 GB at an idle clock: every card of the size', { memoryTotal: 46068 * MIB, clock: 210e6 }, ['A40', 'L40', 'L40S']],
    ['a clock alone, where it is some card’s own', { clock: 1590e6 }, ['T4']],
    ['a clock that the card cannot reach puts it out', { memoryTotal: 24576 * MIB, clock: 2900e6 }, ['RTX-4090']],
    ['memory in use that the card does not have puts it out', { memoryUsed: 60e9, clock: 1410e6 }, ['A100-80', 'A100-PCIE-80']],
    ['an idle clock alone points at nothing', { clock: 210e6 }, []],
    ['nothing seen points at nothing', {}, []],
    ['a size that no card has points at nothing', { memoryTotal: 5000 * MIB, clock: 1410e6 }, []],
  ] as const)('%s', (_, seen, expected) => {
    expect(likelyGpus({ ...NOTHING, ...seen })).toEqual(expected);
  });
});
