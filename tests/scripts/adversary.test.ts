import { expect, it } from 'vitest';
import { RULES } from '../../scripts/adversary/rules.ts';
import { mutantsOf } from '../../scripts/mutants.ts';

it('every rule that the adversary takes away is still there to be taken', () => {
  const list = RULES.flatMap(({ rule, faults }) =>
    faults.map(({ file, find, replace }) => ({ area: 'judging' as const, file, tests: [], mutations: [{ find, replace, harm: rule }] })),
  );
  expect(mutantsOf(list).stale).toEqual([]);
});
