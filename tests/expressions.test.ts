// Past the door of collectors/proc: some of its expressions are put together when they are called.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { type Expression, expressionsOf } from './support/expressions.ts';
import { keyOf, slowness } from './support/linear.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const { literals, built } = expressionsOf(root, ['collectors', 'core', 'server', 'cli', 'web']);

/**
 * Expressions that were judged before, since to judge them all takes ten minutes. A new one is judged in the test; then
 * `HEADROOM_EXPRESSIONS=write npx vitest run --project unit tests/expressions.test.ts` adds it here.
 */
const LIST = join(root, 'tests/support/linear-expressions.json');
const judged = new Set(JSON.parse(readFileSync(LIST, 'utf8')) as string[]); // written by this test

/** Expressions that take a square of their text's length, where that is short, each with the bound. */
const SHORT: Readonly<Record<string, string>> = {
  'server/store/sqlite/failures.ts': 'SQLite’s own message, of one line',
};

/** The expressions that are put together when a file is loaded, with the file. */
async function putTogether(): Promise<Expression[]> {
  const made: Expression[] = [];
  const Plain = globalThis.RegExp;
  globalThis.RegExp = new Proxy(Plain, {
    construct(target, [source, flags]: [string, string | undefined]) {
      const expression = new target(source, flags);
      const caller = (new Error().stack ?? '').split('\n')[2] ?? '';
      const where = caller.includes('node_modules') ? undefined : /(?:collectors|core|server|cli|web)\/[^:?]+\.ts/.exec(caller)?.[0];
      if (where !== undefined) made.push({ where, source: expression.source, flags: expression.flags });
      return expression;
    },
  });
  try {
    await import('../collectors/registry.ts');
    // Past the door of collectors/proc: these put theirs together when they are called.
    (await import('../collectors/proc/memory.ts')).parsePressure('');
    (await import('../collectors/proc/memory.ts')).parseVmCounters('');
    (await import('../collectors/proc/mounts.ts')).parseLustreBytes('');
    (await import('../collectors/proc/pid.ts')).parsePidIo('');
  } finally {
    globalThis.RegExp = Plain;
  }
  return made;
}

const made = await putTogether();

describe('a regular expression', () => {
  it('takes time in proportion to its text: nobody’s line makes it go over the same place again and again', { timeout: 600_000 }, async () => {
    const all = [...literals, ...made].filter(({ where }) => SHORT[where.replace(/:\d+$/, '')] === undefined);
    expect(literals.length).toBeGreaterThan(800);
    const fresh = new Map(all.filter((one) => !judged.has(keyOf(one))).map((one) => [keyOf(one), one]));
    const slow = new Map(
      [...fresh].flatMap(([key, one]) => {
        const why = slowness(one);
        return why === null ? [] : [[key, `${one.where} /${one.source}/${one.flags} is ${why}`] as const];
      }),
    );
    if (process.env['HEADROOM_EXPRESSIONS'] === 'write') {
      const known = new Set(all.map(keyOf).filter((key) => !slow.has(key)));
      writeFileSync(LIST, `${JSON.stringify([...known].sort(), null, 2)}\n`);
    }
    expect([...slow.values()]).toEqual([]);
    // Each that is not listed costs every run seconds.
    expect(fresh.size).toBeLessThan(40);
  });

  it('that is put together at run time is seen when its file is loaded', () => {
    const seen = new Set(made.map(({ where }) => where));
    expect([...new Set(built)].filter((path) => !seen.has(path)).sort()).toEqual([]);
  });

  it('that goes back over its text is told from one that does not', () => {
    expect(slowness({ source: '^(.*?)\\s+:$', flags: '' })).toContain('slow on');
    expect(slowness({ source: '^\\s*(\\S+)', flags: '' })).toBeNull();
  });
});
