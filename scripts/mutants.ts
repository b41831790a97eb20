import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseSync } from 'vite';
import type { Area, MutatedFile } from './mutations.ts';
import { root } from './run.ts';

/** One fault, ready to be tried: the file's text with it in `broken`; in `survives` why no test can notice it. */
export interface Mutant {
  readonly area: Area;
  readonly file: string;
  readonly tests: readonly string[];
  readonly harm: string;
  readonly survives: string | null;
  readonly broken: string;
}

/** The faults of a list, and a line for each part of it that does not fit the code any more. */
export interface Mutants {
  readonly mutants: readonly Mutant[];
  readonly stale: readonly string[];
}

/** Lays a list over the code: each file and test is there, each text stands once, and what replaces it is code. */
export function mutantsOf(list: readonly MutatedFile[]): Mutants {
  const parts = list.map(mutantsIn);
  return { mutants: parts.flatMap(({ mutants }) => mutants), stale: parts.flatMap(({ stale }) => stale) };
}

function mutantsIn({ area, file, tests, mutations }: MutatedFile): Mutants {
  const missing = [file, ...tests].filter((path) => !existsSync(join(root, path)));
  if (missing.length > 0) return { mutants: [], stale: missing.map((path) => `${path}: there is no such file`) };
  const text = readFileSync(join(root, file), 'utf8');
  const mutants: Mutant[] = [];
  const stale: string[] = [];
  for (const { find, replace, harm, survives } of mutations) {
    const broken = text.replace(find, () => replace);
    const fault = faultOf(text, find, broken);
    if (fault === null) mutants.push({ area, file, tests, harm, survives: survives ?? null, broken });
    else stale.push(`${file}: ${JSON.stringify(find)} ${fault}`);
  }
  return { mutants, stale };
}

function faultOf(text: string, find: string, broken: string): string | null {
  const times = text.split(find).length - 1;
  if (times !== 1) return `occurs ${times} times`;
  if (broken === text) return 'is replaced by itself';
  // A fault that does not even parse would be found by every test.
  return parseSync('broken.ts', broken).errors.length === 0 ? null : 'is replaced by no valid code';
}
