import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { bareNumbers } from '../support/bare-numbers.ts';
import { sourceFiles } from '../support/import-graph.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Rooms in which every number that decides something has a name and a reason. */
const ROOMS = ['core/judging', 'core/telling'];

describe('a number that a verdict or a finding turns on', () => {
  it.each(ROOMS)('is never bare in a comparison in %s', (room) => {
    const files = sourceFiles(root, [room]);
    expect(files.length).toBeGreaterThan(10);
    expect(files.flatMap((path) => bareNumbers(path, readFileSync(join(root, path), 'utf8')))).toEqual([]);
  });
});

describe('the check itself', () => {
  it.each([
    ['busy >= 0.8', true],
    ['0.05 < busy', true],
    ['x > -3', true],
    ['peak("gpu.memUsed") >= 2e9', true],
    ['used > 0.95 * total', true],
    ['files >= receive / 2', true],
    ['Math.min(share, 0.5)', true],
    ['seconds < 10 + gap', true],
    ['samples >= 2', true],
    ['busy >= DOMINANT', false],
    ['running > 0', false],
    ['share <= 1', false],
    ['lag > -1', false],
    ['found.length >= 2', false],
    ['length < 2 * shortest', false],
    ['Math.max(0, 1 - share)', false],
    ['value === 3', false],
    ['list[3] > limit(7)', false],
  ])('%s', (text, bare) => {
    expect(bareNumbers('a.ts', `const x = ${text};`)).toHaveLength(bare ? 1 : 0);
  });
});
