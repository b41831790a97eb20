import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { answered, seedOf } from './score.ts';

/**
 * The first window of a run that the code of this tree is confident and wrong about and that of another tree is not, as its place in
 * the run and its seed; null where there is none. The other tree is asked only about windows that this one is wrong about.
 */
export function firstBeside(tree: string, { seed, windows }: { seed: number; windows: number }): { window: number; seed: number } | null {
  for (let window = 0; window < windows; window += 1) {
    const at = seedOf(seed, window);
    if (answered(at).outcome === 'confident and wrong' && !isWrongIn(tree, at)) return { window, seed: at };
  }
  return null;
}

function isWrongIn(tree: string, seed: number): boolean {
  const args = ['--import', 'tsx', join(tree, 'scripts/adversary.ts'), '--window', String(seed)];
  return spawnSync(process.execPath, args, { cwd: tree, encoding: 'utf8' }).stdout.includes('confident and wrong');
}
