// Past the door of core/judging: the tree is asked with shares that no recording has.
import { describe, expect, it } from 'vitest';
import { labelOf, sameLabel, type LabelFacts, type ResourceShares } from '../../../core/judging/label.ts';

const NONE: ResourceShares = {
  compute: Number.NaN,
  memory: Number.NaN,
  nvlink: Number.NaN,
  pcie: Number.NaN,
  nic: Number.NaN,
  disk: Number.NaN,
  empty: Number.NaN,
};

function label(shares: Partial<ResourceShares>, facts: Partial<LabelFacts> = {}) {
  const busy = shares.empty === undefined ? 0.98 : 1 - shares.empty;
  const { rule, first, next, lean } = labelOf(
    { ...NONE, empty: 1 - busy, ...shares },
    { busy, complete: true, nicCounts: true, diskCounts: false, exchanged: [], ...facts },
  );
  return { rule, first, next, lean };
}

describe('the label of a window, at its thresholds', () => {
  const cases: [string, Partial<ResourceShares>, Partial<LabelFacts>, string][] = [
    ['memory at exactly half of the time is dominant', { memory: 0.5, compute: 0.1 }, {}, 'busy memory'],
    ['just under half it is not', { memory: 0.4999, compute: 0.1 }, {}, 'unexplained memory'],
    ['what is left over with all shares one after another outweighs them from the largest on', { memory: 0.4399, compute: 0.1 }, {}, 'overhead memory'],
    ['and not under it', { memory: 0.4401, compute: 0.1 }, {}, 'unexplained memory'],
    ['nor beside traffic both ways, on which kernels spin', { memory: 0.3, compute: 0.1, nic: 0.3 }, { exchanged: ['nic'] }, 'unexplained memory'],
    ['one way they do not', { memory: 0.3, compute: 0.1, nic: 0.3 }, {}, 'overhead memory'],
    ['what passes two links at once is spun on once', { memory: 0.2, compute: 0.1, nic: 0.3, pcie: 0.3 }, { exchanged: ['nic', 'pcie'] }, 'overhead memory'],
    ['it outweighs empty time too', { memory: 0.2, compute: 0.19, empty: 0.31 }, {}, 'unexplained memory'],
    ['compute at exactly half', { memory: 0.1, compute: 0.5 }, {}, 'busy compute'],
    ['1.25 times the next is no tie', { memory: 0.75, compute: 0.6 }, {}, 'busy memory'],
    ['just under 1.25 times is one', { memory: 0.7499, compute: 0.6 }, {}, 'balanced memory'],
    ['the order does not matter', { memory: 0.6, compute: 0.7499 }, {}, 'balanced compute'],
    ['NVLink belongs to the busy resources', { nvlink: 0.5, memory: 0.3, compute: 0.3 }, {}, 'busy nvlink'],
    ['a link at half of its time, with own work far below, is the label', { pcie: 0.5, memory: 0.4, compute: 0.1 }, {}, 'link pcie'],
    ['under half it is not', { pcie: 0.4999, memory: 0.3, compute: 0.1 }, {}, 'overhead memory'],
    ['a link explains empty time, however much there is', { pcie: 0.55, memory: 0.1, compute: 0.1, empty: 0.9 }, {}, 'link pcie'],
    ['a link within 1.25 of the memory share is a tie', { pcie: 0.6, memory: 0.49, compute: 0.1 }, {}, 'balanced pcie'],
    ['exactly 1.25 times is none', { pcie: 0.625, memory: 0.5, compute: 0.1 }, {}, 'link pcie'],
    ['disk time counts with I/O pressure', { disk: 0.6, memory: 0.1, compute: 0.1 }, { diskCounts: true }, 'link disk'],
    ['and not without: it is an upper bound', { disk: 0.9, memory: 0.1, compute: 0.6 }, {}, 'busy compute'],
    ['a third of empty time, the largest share, asks for its cause', { empty: 0.33, memory: 0.2, compute: 0.2 }, {}, 'empty empty'],
    ['under a third it does not', { empty: 0.3299, memory: 0.2, compute: 0.1 }, {}, 'overhead memory'],
    ['empty against busy within 1.25 is a tie', { empty: 0.45, memory: 0.37, compute: 0.1 }, {}, 'balanced empty'],
    ['but not with a share that is no bottleneck', { empty: 0.36, memory: 0.3299, compute: 0.1 }, {}, 'empty empty'],
    ['busy against empty within 1.25 too', { empty: 0.44, memory: 0.54, compute: 0.1 }, {}, 'balanced memory'],
    ['a third of empty time outweighs the busy time that nothing explains', { empty: 0.33, memory: 0.1, compute: 0.4126 }, {}, 'empty empty'],
    ['within 1.25 of the largest busy share it is a tie', { empty: 0.33, memory: 0.1, compute: 0.4124 }, {}, 'balanced compute'],
    ['two shares under a half within 1.25 of each other are left unexplained', { memory: 0.4, compute: 0.38 }, {}, 'unexplained memory'],
    ['one busy share alone cannot make overhead: the other may be large', { memory: 0.3 }, { complete: false }, 'unmeasured memory'],
    ['a busy share of a half decides alone', { memory: 0.6 }, { complete: false }, 'busy memory'],
    ['nothing measured but that it is busy', {}, { complete: false }, 'unmeasured empty'],
    ['a NIC that may not decide does not', { nic: 0.9 }, { complete: false, nicCounts: false }, 'unmeasured empty'],
    ['one that may is a link', { nic: 0.95 }, { complete: false }, 'link nic'],
  ];
  it.each(cases)('%s', (_, shares, facts, expected) => {
    const { rule, first } = label(shares, facts);
    expect(`${rule} ${first}`).toBe(expected);
  });
});

describe('leaning', () => {
  it('is said of a largest share from a third, 1.25 times the next, with little empty time', () => {
    expect(label({ memory: 0.33, compute: 0.2, empty: 0.1 }).lean).toBe('memory');
    expect(label({ memory: 0.3299, compute: 0.2, empty: 0.1 }).lean).toBeNull();
    expect(label({ memory: 0.4, compute: 0.32, empty: 0.1 }).lean).toBeNull();
    expect(label({ memory: 0.41, compute: 0.32, empty: 0.1 }).lean).toBe('memory');
    expect(label({ memory: 0.45, compute: 0.2, empty: 0.2 }).lean).toBeNull();
  });
});

describe('two labels', () => {
  const of = (shares: Partial<ResourceShares>) =>
    labelOf({ ...NONE, ...shares }, { busy: 1, complete: true, nicCounts: true, diskCounts: false, exchanged: [] });
  it('mean the same when a tie is only named the other way round', () => {
    expect(sameLabel(of({ memory: 0.7, compute: 0.69 }), of({ memory: 0.69, compute: 0.7 }))).toBe(true);
    expect(sameLabel(of({ memory: 0.7, compute: 0.69 }), of({ memory: 0.9, compute: 0.69 }))).toBe(false);
    expect(sameLabel(of({ memory: 0.9, compute: 0.1 }), of({ memory: 0.1, compute: 0.9 }))).toBe(false);
  });
});
