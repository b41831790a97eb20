import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { analyse } from '../../../core/analyse/index.ts';
import type { Verdict } from '../../../core/contract/index.ts';
import { LEFT_OUT, MROWS, ROWS, type Case } from '../../support/cases-5b.ts';
import { recordingPath } from '../../support/recordings.ts';
import { SCENARIOS } from '../../support/scenarios.ts';
import { runOf } from '../../support/telemetry.ts';
import { diagnosed, DMON, ENGINE, QUERY, RECORDED } from '../../support/vllm-h100.ts';

type Result = 'agrees' | 'vague' | 'low grade' | 'WRONG';
interface Row {
  readonly id: string;
  readonly what: string;
  readonly expected: readonly string[];
  readonly verdict: Verdict;
  readonly result: Result;
  readonly disagree?: string;
}

/** Above a half a verdict claims more than that it may be so. */
const CONFIDENT = 0.5;

/**
 * agrees: the label. vague: no label, but the right one among the candidates. low grade: another label, graded at most a half,
 * with the right one beside it (second, lean or candidate). Anything else is wrong.
 */
function resultOf(expected: readonly string[], { bottleneck, second, lean, candidates, grade }: Verdict): Result {
  if (expected.includes(bottleneck)) return 'agrees';
  const beside = [second, lean, ...candidates, ...(second === null ? [] : ['balanced'])].some((one) => one !== null && expected.includes(one));
  if (bottleneck === 'unknown') return beside ? 'vague' : 'WRONG';
  return beside && grade <= CONFIDENT ? 'low grade' : 'WRONG';
}

function judged(cases: readonly Case[]): Row[] {
  return cases.map(({ tables, options, ...row }) => {
    const { verdict } = analyse(runOf(...tables), options);
    return { ...row, verdict, result: resultOf(row.expected, verdict) };
  });
}

function table(rows: readonly Row[]): string {
  return rows
    .map(({ id, what, expected, verdict, result, disagree }) =>
      [
        id.padEnd(5),
        what.padEnd(52),
        expected.join('/').padEnd(20),
        `${verdict.bottleneck}${verdict.second === null ? '' : ` then ${verdict.second}`}`.padEnd(24),
        verdict.tier,
        verdict.grade.toFixed(2),
        result.padEnd(9),
        result === 'agrees' ? '' : (disagree ?? (verdict.bottleneck === 'unknown' ? `could be ${verdict.candidates.join(', ')}` : verdict.gradeWhy)),
      ].join(' '),
    )
    .join('\n');
}

function share(count: number, of: number): string {
  return `${count} of ${of} (${Math.round((100 * count) / of)} %)`;
}

function print(title: string, rows: readonly Row[]): void {
  const agrees = rows.filter(({ result }) => result === 'agrees').length;
  const wrong = rows.filter(({ result }) => result === 'WRONG').length;
  const constant = rows.filter(({ expected }) => expected.includes('unknown')).length;
  const memory = rows.filter(({ expected }) => expected.includes('memory')).length;
  console.log(
    [
      `\n${title}`,
      table(title.startsWith('all') ? rows.filter(({ result }) => result !== 'agrees') : rows),
      `agrees ${share(agrees, rows.length)}, wrong ${share(wrong, rows.length)}; “unknown” alone would pass ${share(constant, rows.length)}, “memory” alone ${share(memory, rows.length)}`,
    ].join('\n'),
  );
}

describe('the scoreboard', () => {
  const recorded: Row[] = RECORDED.flatMap(({ folder, model }) => {
    const path = recordingPath(join('labelled/vllm-h100', folder));
    if (path === undefined) return [];
    const { verdict } = diagnosed(path, [ENGINE, DMON, QUERY], { gpu: 'H100-64', model }).analysis;
    return [{ id: 'rec', what: folder, expected: ['memory'], verdict, result: resultOf(['memory'], verdict) }];
  });
  const means = judged(MROWS);
  const published = judged(ROWS);
  const made = judged(SCENARIOS.map(({ name, tables, options, expected }) => ({ id: 'made', what: name, tables, options, expected: [expected] })));
  const all = [...recorded, ...means, ...published, ...made];

  it('is printed, with what a constant answer would reach', () => {
    if (recorded.length === 0) console.log(`skipped: ${RECORDED.length} recorded runs: no labelled/vllm-h100 under HEADROOM_RECORDINGS`);
    else print('recorded vLLM runs on H100-64', recorded);
    print('§5a: means of vLLM runs, output length 260', means);
    print('§5b: published throughput and kernel measurements', published);
    print('jobs made by physics', made);
    print('all of them; those that do not agree:', all);
    console.log(`left out of §5b: ${LEFT_OUT.join('; ')}`);
    expect(all.length).toBeGreaterThan(70);
  });
  it('has no row that says something else: a label is right, or graded at most a half with the right one beside it', () => {
    const wrong = all.filter(({ result }) => result === 'WRONG');
    expect(wrong.map(({ id, what, verdict }) => `${id} ${what}: ${verdict.bottleneck} ${verdict.grade}`)).toEqual([]);
  });
  it('agrees with every mean of §5a and every job made by physics', () => {
    expect([...means, ...made, ...recorded].filter(({ result }) => result !== 'agrees').map(({ id, what }) => `${id} ${what}`)).toEqual([]);
  });
  it('agrees with six tenths of §5b, whose rows mostly have no look at the GPU, and far more often than any constant answer', () => {
    const agreeing = published.filter(({ result }) => result === 'agrees').length;
    expect(agreeing / published.length).toBeGreaterThanOrEqual(0.6);
    const labels = [...new Set(all.flatMap(({ expected }) => expected))];
    const constants = labels.map((label) => all.filter(({ expected }) => expected.includes(label)).length / all.length);
    expect(Math.max(...constants)).toBeLessThan(all.filter(({ result }) => result === 'agrees').length / all.length - 0.2);
  });
  it('says host is contributing where opt-1.3b leaves a third of the time empty', () => {
    expect(means.find(({ id }) => id === 'M11')?.verdict.second).toBe('host');
  });
});
