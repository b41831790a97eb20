import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mutantsOf } from '../mutants.ts';
import { root } from '../run.ts';
import { RULES } from './rules.ts';

/** What a run of the adversary needs of the tree. */
const COPIED = ['core', 'scripts', 'tests/support', 'package.json', 'tsconfig.json'];

/**
 * Takes away each rule whose name holds `part` (`all`: every one), in a copy of the tree, and prints how many answers are confident and
 * wrong then. Gives the exit code: 0 where each fault is found, that is, where there are more than with all rules.
 */
export function withoutRules(part: string, asked: { seed: number; windows: number }): number {
  const rules = RULES.filter(({ rule }) => part === 'all' || rule.includes(part));
  if (rules.length === 0) throw new Error(`no rule is called ${part}: ${RULES.map(({ rule }) => rule).join(', ')}`);
  const folder = mkdtempSync(join(tmpdir(), 'headroom-adversary-'));
  try {
    for (const path of COPIED) cpSync(join(root, path), join(folder, path), { recursive: true });
    symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
    const whole = wrongIn(folder, asked);
    console.log(`${String(whole).padStart(5)} of ${asked.windows} confident and wrong with every rule`);
    const found = rules.map(({ rule, faults }) => {
      const { mutants, stale } = mutantsOf(
        faults.map(({ file, find, replace }) => ({ area: 'judging', file, tests: [], mutations: [{ find, replace, harm: rule }] })),
      );
      if (stale.length > 0) throw new Error(stale.join('\n'));
      for (const { file, broken } of mutants) writeFileSync(join(folder, file), broken);
      const wrong = wrongIn(folder, asked);
      for (const { file } of mutants) cpSync(join(root, file), join(folder, file));
      console.log(`${String(wrong).padStart(5)} without ${rule}: ${wrong > whole ? 'found' : 'NOT FOUND'}`);
      return wrong > whole;
    });
    console.log(`${found.filter((one) => one).length} of ${found.length} planted faults found`);
    return found.every((one) => one) ? 0 : 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Confident and wrong answers, known ones too, of a copy. */
function wrongIn(folder: string, { seed, windows }: { seed: number; windows: number }): number {
  const args = ['--import', 'tsx', 'scripts/adversary.ts', '--count', '--seed', String(seed), '--windows', String(windows)];
  const { stdout, stderr } = spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8' });
  const count = Number(stdout.trim());
  if (stdout.trim() === '' || !Number.isInteger(count)) throw new Error(`the copy does not run: ${stderr}`);
  return count;
}
