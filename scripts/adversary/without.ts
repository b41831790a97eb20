import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from '../run.ts';
import { type PlantedFault, RULES } from './rules.ts';

/** What a run of the adversary needs of the tree. */
const COPIED = ['core', 'scripts', 'tests/support', 'package.json', 'tsconfig.json'];

/**
 * Takes away each rule whose name holds `part` (`all`: every one), in a copy of the tree, and goes through the windows of a run until
 * an answer is confident and wrong that is not with every rule. Gives the exit code: 0 where each fault is found.
 */
export function withoutRules(part: string, asked: { seed: number; windows: number }): number {
  const rules = RULES.filter(({ rule }) => part === 'all' || rule.includes(part));
  if (rules.length === 0) throw new Error(`no rule is called ${part}: ${RULES.map(({ rule }) => rule).join(', ')}`);
  const folder = mkdtempSync(join(tmpdir(), 'headroom-adversary-'));
  try {
    for (const path of COPIED) cpSync(join(root, path), join(folder, path), { recursive: true });
    symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
    const found = rules.map((one) => {
      const files = broken(one);
      for (const [file, text] of files) writeFileSync(join(folder, file), text);
      const seed = firstWrong(folder, asked);
      for (const file of files.keys()) cpSync(join(root, file), join(folder, file));
      console.log(`without ${one.rule}: ${seed === null ? `NOT FOUND in ${asked.windows} windows` : `found in window ${seed.window} (seed ${seed.seed})`}`);
      return seed !== null;
    });
    console.log(`${found.filter((one) => one).length} of ${found.length} planted faults found`);
    return found.every((one) => one) ? 0 : 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The files of a rule without it. */
function broken({ rule, faults }: PlantedFault): Map<string, string> {
  const files = new Map<string, string>();
  for (const { file, find, replace } of faults) {
    const text = files.get(file) ?? readFileSync(join(root, file), 'utf8');
    if (text.split(find).length !== 2) throw new Error(`${rule}: ${file} holds ${JSON.stringify(find)} ${text.split(find).length - 1} times`);
    files.set(
      file,
      text.replace(find, () => replace),
    );
  }
  return files;
}

/** The first window of a run that a copy is wrong about and this tree is not; null where there is none. */
function firstWrong(folder: string, { seed, windows }: { seed: number; windows: number }): { seed: number; window: number } | null {
  const args = ['--import', 'tsx', 'scripts/adversary.ts', '--first', root, '--seed', String(seed), '--windows', String(windows)];
  const { stdout, stderr, status } = spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8' });
  const told = /^(none|\d+ \d+)$/.exec(stdout.trim())?.[0];
  if (told === undefined) throw new Error(`the copy does not run (${status ?? 'killed'}): ${stderr}`);
  const [window, at] = told.split(' ').map(Number);
  return window === undefined || at === undefined ? null : { window, seed: at };
}
