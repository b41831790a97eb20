import { describe, expect, it } from 'vitest';
import { mutantsOf } from '../../scripts/mutants.ts';
import { type Mutation, MUTATIONS } from '../../scripts/mutations.ts';

const listOf = (mutation: Partial<Mutation>, file = 'scripts/run.ts', tests = ['tests/architecture.test.ts']) =>
  mutantsOf([{ area: 'judging', file, tests, mutations: [{ find: 'encoding', replace: 'x', harm: 'none', ...mutation }] }]);

describe('the list of faults', () => {
  const { mutants, stale } = mutantsOf(MUTATIONS);

  it('fits the code: each file and test is there, each text once, and what replaces it is code', () => {
    expect(stale).toEqual([]);
    expect(mutants.length).toBeGreaterThan(300);
  });

  it('names no more than a tenth that no test can notice, each with its reason', () => {
    const unnoticed = mutants.filter(({ survives }) => survives !== null);
    expect(unnoticed.length).toBeLessThanOrEqual(mutants.length / 10);
    expect(unnoticed.filter(({ survives }) => (survives ?? '').length < 20)).toEqual([]);
  });

  it('says what does not fit any more, instead of trying a fault that is none', () => {
    expect(listOf({ find: 'no such text' }).stale).toEqual(['scripts/run.ts: "no such text" occurs 0 times']);
    expect(listOf({ find: 'export function' }).stale).toEqual(['scripts/run.ts: "export function" occurs 3 times']);
    expect(listOf({ find: '?? (done.error', replace: '?? ((done.error' }).stale).toEqual(['scripts/run.ts: "?? (done.error" is replaced by no valid code']);
    expect(listOf({ find: '/.bin/', replace: '/.bin/' }).stale).toEqual(['scripts/run.ts: "/.bin/" is replaced by itself']);
    expect(listOf({}, 'scripts/gone.ts').stale).toEqual(['scripts/gone.ts: there is no such file']);
    expect(listOf({}, 'scripts/run.ts', ['tests/gone.test.ts']).stale).toEqual(['tests/gone.test.ts: there is no such file']);
  });

  it('leaves all of a file but the one place as it is', () => {
    const { mutants: one, stale: none } = listOf({ find: 'undefined ? 1 : 127', replace: 'undefined ? 1 : 0' });
    expect(none).toEqual([]);
    expect(one).toHaveLength(1);
    expect(one[0]?.broken).toContain('(done.error === undefined ? 1 : 0);');
    expect(one[0]?.broken).toContain('export function tool(');
  });
});
