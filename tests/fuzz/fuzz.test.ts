import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fuzz, type Target, target } from '../../scripts/fuzz/fuzz.ts';
import { afterwards } from '../../scripts/fuzz/service.ts';
import { targets } from '../../scripts/fuzz/targets.ts';

describe('a short run of npm run fuzz', () => {
  it('finds nothing that throws, waits or tells what cannot be', async () => {
    const results = await fuzz(targets, { seconds: 50, most: 150, seed: 20_261_126, last: afterwards });
    console.log(results.map(({ name, inputs }) => `${inputs} ${name}`).join(', '));
    expect(results.filter(({ failure }) => failure !== null)).toEqual([]);
    expect(results.filter(({ inputs }) => inputs === 0)).toEqual([]);
  });

  it('finds what fails, with the smallest input', async () => {
    const careless = target('careless', fc.integer({ min: 0, max: 1_000 }), (input) => {
      if (input > 20) throw new Error('it fell over');
    });
    const [found] = await fuzz([careless], { seconds: 5, seed: 1 });
    expect(found?.failure).toContain('Counterexample: [21]');
    expect(found?.failure).toContain('it fell over');
  });

  it('finds what fails only after the time is over', async () => {
    const late = target('late', fc.constant(0), async () => {
      await new Promise((resolve) => setTimeout(resolve, 300));
      throw new Error('it fell over late');
    });
    const [found] = await fuzz([late], { seconds: 0.05, seed: 1 });
    expect(found?.failure).toContain('it fell over late');
  });

  it('gives each target its share of the time, and the last one what it takes', async () => {
    const given: [string, number][] = [];
    const row = (name: string, share?: number): Target => ({
      name,
      ...(share === undefined ? {} : { share }),
      run: async ({ time }) => void given.push([name, time]),
    });
    await fuzz([row('a'), row('b', 3)], { seconds: 8, seed: 1, last: row('c') });
    expect(given.slice(0, 2)).toEqual([
      ['a', 2_000],
      ['b', 6_000],
    ]);
    expect(given[2]?.[0]).toBe('c');
  });
});
