import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { comparisons, comparisonTable, MEASURED } from '../../../core/planner/index.ts';

const rows = comparisons();

describe('published rates', () => {
  it.each(rows.map((row) => [row.row.id, row] as const))('row %s stays under its ceiling', (_, { row, ceiling, fraction }) => {
    expect(row.tokensPerSecond).toBeLessThanOrEqual(ceiling);
    expect(fraction).toBeGreaterThan(0);
  });

  it('lie in the expected range wherever no remark says why not', () => {
    const outside = rows.filter(({ row, low, high }) => row.remark === undefined && (row.tokensPerSecond < low || row.tokensPerSecond > high));
    expect(outside.map(({ row }) => row.id)).toEqual([]);
    const under = rows.filter(({ row, low, high }) => row.tokensPerSecond < low || row.tokensPerSecond > high).map(({ row }) => row.id);
    expect(under).toEqual(['13', '17', '35', '37a', '38']);
    expect(rows.filter(({ row }) => row.remark === undefined).length).toBeGreaterThanOrEqual(18);
  });

  // Bandwidth and compute fractions that the sources, or arithmetic on them, give for the same rows.
  const fractions: readonly [string, number][] = [
    ['1', 0.69],
    ['2', 0.52],
    ['4', 0.69],
    ['5', 0.65],
    ['6', 0.55],
    ['8', 0.64],
    ['9', 0.75],
    ['12', 0.74],
    ['18', 0.8],
    ['28', 0.62],
    ['30', 0.62],
    ['M8', 0.81],
  ];
  it.each(fractions)('row %s reaches %d of its ceiling', (id, fraction) => {
    expect(rows.find(({ row }) => row.id === id)?.fraction).toBeCloseTo(fraction, 1);
  });

  it('have one η each: bandwidth for decoding, matrix products for prefill, trainers for training', () => {
    const etas = (phase: string) => [...new Set(rows.filter(({ row }) => row.phase === phase).map(({ eta }) => eta))];
    expect(etas('decode')).toEqual([0.87, 0.92]);
    // llama.cpp's 0.72 of the largest products on A40, A100 PCIe and V100.
    expect(etas('prefill').map((eta) => eta.toFixed(2))).toEqual(['0.63', '0.58', '0.55']);
    expect(etas('train')).toEqual([0.869]);
  });

  it('are listed once each', () => {
    expect(new Set(MEASURED.map((row) => row.id)).size).toBe(MEASURED.length);
  });
});

describe('docs/planner.md', () => {
  it('shows the table as it is now (npx tsx scripts/planner-table.ts rewrites it)', () => {
    const text = readFileSync(new URL('../../../docs/planner.md', import.meta.url), 'utf8');
    const shown = /<!-- measured:begin -->\n([\s\S]*?)\n<!-- measured:end -->/.exec(text)?.[1];
    expect(shown).toBe(comparisonTable());
  });
});
