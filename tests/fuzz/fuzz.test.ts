import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fuzz, target } from '../../scripts/fuzz/fuzz.ts';
import { targets } from '../../scripts/fuzz/targets.ts';

describe('a short run of npm run fuzz', () => {
  it('finds nothing that throws, waits or tells what cannot be', async () => {
    const results = await fuzz(targets, { seconds: 15, seed: 20_261_126 });
    expect(results.filter(({ failure }) => failure !== null)).toEqual([]);
    expect(results.filter(({ inputs }) => inputs === 0)).toEqual([]);
  });

  it('finds what fails, with the smallest input', async () => {
    const careless = target('careless', fc.integer({ min: 0, max: 1_000 }), (input) => {
      if (input > 20) throw new Error('it fell over');
    });
    const [found] = await fuzz([careless], { seconds: 5, seed: 1 });
    expect(found?.failure).toContain('Counterexample: [21]');
  });
});
