// Past the door of collectors/command-line: the bound itself is asked for its numbers.
import { describe, expect, it } from 'vitest';
import { llmProcess, redact, redactCommand } from '../../../collectors/command-line/index.ts';
import { cutArguments, MOST_LOOKED_AT } from '../../../collectors/command-line/bounds.ts';

/** Texts on which expressions that look back and forth take the square or the cube of their length. */
const NASTY = [
  'a.',
  'sk-',
  'eyJa.',
  'a://',
  '=',
  ': "',
  '\\"',
  "'",
  '"',
  '$(',
  '(',
  '[{',
  '-p ',
  'python train',
  'a=b,',
  'Bearer ',
  '-----BEGIN ',
  '\\',
  'hf_',
  '&',
  'A1',
];

describe('how long a command line is looked at', () => {
  it('is bounded for each argument and for all of them, whatever was given', () => {
    expect(MOST_LOOKED_AT).toEqual({ argument: 2000, line: 16_000 });
    expect(cutArguments(['a', 'b'])).toEqual({ args: ['a', 'b'], parts: new Set(), cut: false });
    expect(cutArguments(['x'.repeat(2000)]).cut).toBe(false);
    const one = cutArguments(['p', 'x'.repeat(2001), 'q']);
    expect([one.args.map((arg) => arg.length), [...one.parts], one.cut]).toEqual([[1, 2000, 1], [1], true]);
    const many = cutArguments(Array.from({ length: 100_000 }, () => 'abc'));
    expect([many.args.length, many.cut]).toEqual([4000, true]);
  });

  it.each(NASTY.map((text) => ({ text })))('120,000 characters of $text cost no more than a moment, in one argument and in many', ({ text }) => {
    const long = text.repeat(120_000 / text.length);
    const before = process.cpuUsage();
    for (const args of [
      ['python3', 'train.py', long],
      ['bash', '-c', long],
      ['python3', 'train.py', ...Array.from({ length: 2000 }, () => text)],
    ]) {
      redact(args);
      llmProcess(args);
    }
    redactCommand(long);
    expect(process.cpuUsage(before).user).toBeLessThan(1e6);
  });
});
