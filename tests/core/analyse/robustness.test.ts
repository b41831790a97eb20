// Past the door of core/knowledge: an η is moved by a tenth to see which verdicts turn.
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { analyse } from '../../../core/analyse/index.ts';
import { METRICS, type Table } from '../../../core/readings/index.ts';
import type { Verdict } from '../../../core/contract/index.ts';
import type * as Achievable from '../../../core/knowledge/hardware/achievable.ts';
import { describeRecordings } from '../../support/recordings.ts';
import { SCENARIOS } from '../../support/scenarios.ts';
import { disturbed } from '../../support/telemetry.ts';
import { diagnosed, DMON, ENGINE, QUERY, RECORDED } from '../../support/vllm-h100.ts';

/** Above a half a verdict claims more than that it may be so. */
const CONFIDENT = 0.5;

/** Counters that start again from nothing in the middle, as when a program is restarted. */
function restarted(table: Table): Table {
  const half = table.t.length >> 1;
  const columns = new Map(
    [...table.columns].map(([id, column]) => {
      const restart = column[half] ?? Number.NaN;
      return [id, METRICS[id].kind === 'gauge' ? column : column.map((value, i) => (i < half ? value : value - restart))] as const;
    }),
  );
  return { ...table, columns };
}

const DISTURBANCES: readonly [string, (table: Table, seed: number) => Table][] = [
  ['30 % of the samples dropped', (table, seed) => disturbed(table, { drop: 0.3, seed })],
  ['± 5 % noise', (table, seed) => disturbed(table, { noise: 0.05, seed })],
  ['both', (table, seed) => disturbed(table, { drop: 0.3, noise: 0.05, seed })],
  ['a clock 2 s ahead on the GPU', (table) => (table.entity.kind === 'gpu' ? disturbed(table, { shift: 2 }) : table)],
  ['a clock 2 s behind on the GPU', (table) => (table.entity.kind === 'gpu' ? disturbed(table, { shift: -2 }) : table)],
  ['counters that restart in the middle', restarted],
];

/** The verdict stands, or claims nothing that it cannot carry. */
function expectSteady(before: Verdict, after: Verdict): void {
  if (after.bottleneck !== before.bottleneck)
    expect(after.grade, `${before.bottleneck} became ${after.bottleneck}: ${after.why.join('; ')}`).toBeLessThanOrEqual(CONFIDENT);
  const known = after.activity !== 'unknown' && before.activity !== 'unknown';
  if (known && after.activity !== before.activity) expect(after.activityGrade, `${before.activity} became ${after.activity}`).toBeLessThanOrEqual(CONFIDENT);
}

describe('every kind of job', () => {
  it.each(SCENARIOS)('$name is $expected', ({ tables, options, expected }) => {
    expect(analyse({ clock: 'relative', tables, events: [] }, options).verdict.bottleneck).toBe(expected);
  });
  describe.each(DISTURBANCES)('with %s', (_, disturb) => {
    it.each(SCENARIOS)('$name', ({ tables, options }) => {
      const before = analyse({ clock: 'relative', tables, events: [] }, options).verdict;
      for (const seed of [1, 2, 3]) {
        const after = analyse({ clock: 'relative', tables: tables.map((table, i) => disturb(table, 10 * seed + i)), events: [] }, options).verdict;
        expectSteady(before, after);
      }
    });
  });
});

describe('an η that is 10 % off', () => {
  const ETAS = ['tensorCounter', 'vectorCounter', 'dramCounter', 'tensorGemmSxm', 'tensorGemmPcie', 'dramBytes', 'nvlink', 'pcie', 'nic'] as const;
  const PATH = '../../../core/knowledge/hardware/achievable.ts';
  afterEach(() => {
    vi.doUnmock(PATH);
    vi.resetModules();
  });
  it.each(ETAS.flatMap((eta) => [0.9, 1.1].map((factor) => ({ eta, factor }))))(
    '$eta × $factor leaves every verdict or lowers its grade',
    async ({ eta, factor }) => {
      vi.resetModules();
      vi.doMock(PATH, async (original) => {
        const actual = await original<typeof Achievable>();
        const ACHIEVABLE = { ...actual.ACHIEVABLE, [eta]: { ...actual.ACHIEVABLE[eta], value: actual.ACHIEVABLE[eta].value * factor } };
        return { ...actual, ACHIEVABLE, gemmFraction: () => ACHIEVABLE.tensorGemmSxm };
      });
      const moved = await import('../../../core/analyse/index.ts');
      for (const { tables, options } of SCENARIOS) {
        const run = { clock: 'relative', tables, events: [] } as const;
        expectSteady(analyse(run, options).verdict, moved.analyse(run, options).verdict);
      }
    },
  );
  it('moves the shares: the mock is in force', async () => {
    vi.resetModules();
    vi.doMock(PATH, async (original) => {
      const actual = await original<typeof Achievable>();
      return { ...actual, ACHIEVABLE: { ...actual.ACHIEVABLE, dramCounter: { value: 0.7, source: 'test' } } };
    });
    const moved = await import('../../../core/analyse/index.ts');
    const [decode] = SCENARIOS;
    if (decode === undefined) throw new Error('no scenario');
    expect(moved.analyse({ clock: 'relative', tables: decode.tables, events: [] }).verdict.shares.memory).toBeCloseTo(1, 10);
  });
  it('of which the verdict at an edge says so', () => {
    const table = SCENARIOS[0]?.tables[0];
    if (table === undefined) throw new Error('no scenario');
    const edge: Table = {
      ...table,
      columns: new Map([...table.columns].map(([id, column]) => [id, id === 'gpu.dramActive' ? column.map(() => 0.42) : column])),
    };
    const { grade, gradeWhy, bottleneck } = analyse({ clock: 'relative', tables: [edge], events: [] }).verdict;
    expect({ bottleneck, grade }).toEqual({ bottleneck: 'memory', grade: 0.5 });
    expect(gradeWhy).toContain('another label if the reachable part of memory were 10 % higher');
  });
});

describeRecordings(
  'recorded vLLM runs, disturbed',
  'labelled/vllm-h100',
  (path) => {
    describe.each(DISTURBANCES)('with %s', (_, disturb) => {
      it.each(RECORDED)('$folder', ({ folder, model }) => {
        const { run, analysis } = diagnosed(join(path, folder), [ENGINE, DMON, QUERY], { gpu: 'H100-64', model });
        const after = analyse({ ...run, tables: run.tables.map((table, i) => disturb(table, i + 1)) }, { gpu: 'H100-64', model }).verdict;
        expectSteady(analysis.verdict, after);
        expect(after.bottleneck === 'memory' || after.grade <= CONFIDENT).toBe(true);
      });
    });
  },
  108,
);
