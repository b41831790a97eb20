import { createHash } from 'node:crypto';
import type { Expression } from './expressions.ts';
import { MAX_LINE } from '../../collectors/text/index.ts';

// The checker's JavaScript: its native program is an optional package that not every machine has.
process.env['RECHECK_BACKEND'] = 'pure';
const { checkSync } = await import('recheck');

/** Milliseconds that a verdict may take; one that takes longer is left to the tries. */
const PATIENCE = 5_000;
/** Milliseconds for the longest line: a factor is no harm, a square is thirty seconds. */
const TOO_LONG = 1_000;

/** Stands for an expression where those are listed that were judged before. */
export function keyOf({ source, flags }: Pick<Expression, 'source' | 'flags'>): string {
  return createHash('sha256').update(`/${source}/${flags}`).digest('hex').slice(0, 16);
}

/** Null where an expression takes time in proportion to its text; else what makes it take longer. */
export function slowness({ source, flags }: Pick<Expression, 'source' | 'flags'>): string | null {
  const verdict = checkSync(source, flags, { timeout: PATIENCE });
  const pumps = verdict.status === 'vulnerable' ? verdict.attack.pumps : [];
  const suffix = verdict.status === 'vulnerable' ? verdict.attack.suffix : '';
  const attack = (length: number): string => {
    const fixed = pumps.reduce((sum, pump) => sum + pump.prefix.length, suffix.length);
    const each = pumps.reduce((sum, pump) => sum + pump.pump.length, 0);
    return pumps.map(({ prefix, pump }) => prefix + pump.repeat(Math.max(1, Math.floor((length - fixed) / each)))).join('') + suffix;
  };
  const attacks = [...(pumps.length === 0 ? [] : [attack]), ...triesOf(source)];
  const found = attacks.find((one) => isSlow(new RegExp(source, flags), one));
  return found === undefined ? null : `slow on ${JSON.stringify(found(60))}`;
}

/** Texts of any length that are made of what an expression names: what a checker that ran out of time would try. */
function triesOf(source: string): ((length: number) => string)[] {
  const words = [...new Set(source.match(/[A-Za-z]{3,}/g) ?? [])].slice(0, 8);
  const pieces = ['0', 'a', 'A', ' ', '\t', '.', '"', '[', '(', '=', '-', '/', ':', ',', '0 ', 'a ', ...words, ...words.map((word) => `${word} `)];
  return pieces.map((piece) => (length) => `${piece.repeat(Math.floor(length / piece.length))}\u0000`);
}

/** Grows the text, so that a square or a cube is seen before it takes for ever. */
function isSlow(expression: RegExp, attack: (length: number) => string): boolean {
  for (let length = 1024; length <= MAX_LINE; length *= 4) {
    const text = attack(length);
    const before = performance.now();
    expression.lastIndex = 0;
    expression.test(text);
    if (performance.now() - before > TOO_LONG) return true;
  }
  return false;
}
