import { describe, expect, it } from 'vitest';
import {
  cleanName,
  cleanText,
  cut,
  faultOfId,
  faultOfName,
  faultOfText,
  ID_PATTERN,
  isWellFormed,
  NAME_PATTERN,
  TEXT_PATTERN,
} from '../../../core/readings/index.ts';

const GOOD = ['', 'GPU-1', 'vllm@host:8000;engine=1', 'Göteborg', 'GPU 🚀', '\u{10ffff}', '.', '..', 'شبكة', 'a\u200db'];
const HALVES = ['\ud800', '\udfff', 'a\ud83d', '\ude80b', '\ude80\ud83d', 'x\ud800y'];
const CONTROLS = ['\0', 'a\0b', '\u001b[31m', '\u007f', '\u0085', '\u009f', '\u0001'];
const TURNING = ['a\u202eb', '\u200f', '\u200e', '\u061c', '\u202a', '\u2066x\u2069', '\ufeff'];
const LINES = ['a\nb', '\t', 'a\r\n'];

describe('a name', () => {
  it.each(GOOD)('may be %j', (text) => {
    expect(faultOfName(text)).toBeNull();
    for (const flags of ['', 'u']) expect(new RegExp(NAME_PATTERN, flags).test(text)).toBe(true);
  });

  it.each([...HALVES, ...CONTROLS, ...TURNING, ...LINES])('may not be %j, and the pattern of the contract says the same', (text) => {
    expect(faultOfName(text)).toMatch(/^a name has no /);
    for (const flags of ['', 'u']) expect(new RegExp(NAME_PATTERN, flags).test(text)).toBe(false);
  });
});

describe('an id', () => {
  it.each([...GOOD.filter((text) => !text.startsWith('.')), '...', 'a.b', '.a', 'c/1', 'c/.a', 'a..', 'n1/..x/y'])('may be %j', (text) => {
    expect(faultOfId(text)).toBeNull();
    for (const flags of ['', 'u']) expect(new RegExp(ID_PATTERN, flags).test(text)).toBe(true);
  });

  it.each(['.', '..', 'c/.', 'c/..', './1', '../1', 'a/../b', ...TURNING, ...CONTROLS])(
    'may not be %j: no address could hold it, or it turns what quotes it',
    (text) => {
      expect(faultOfId(text)).toMatch(/^an? (id|name) /);
      for (const flags of ['', 'u']) expect(new RegExp(ID_PATTERN, flags).test(text)).toBe(false);
    },
  );
});

describe('text', () => {
  it.each([...GOOD, ...LINES])('may be %j', (text) => {
    expect(faultOfText(text)).toBeNull();
    for (const flags of ['', 'u']) expect(new RegExp(TEXT_PATTERN, flags).test(text)).toBe(true);
  });

  it.each([...HALVES, ...CONTROLS, ...TURNING])('may not be %j; cleaned it may', (text) => {
    expect(faultOfText(text)).toMatch(/^text has no /);
    for (const flags of ['', 'u']) expect(new RegExp(TEXT_PATTERN, flags).test(text)).toBe(false);
    expect(faultOfText(cleanText(text))).toBeNull();
    expect(cleanText(text)).toHaveLength(text.length);
    expect(faultOfName(cleanName(text))).toBeNull();
    expect(cleanName(text)).toHaveLength(text.length);
  });

  it('that is too long is cut between characters: a sender must not make halves itself', () => {
    expect(cut('ab🚀c', 3)).toBe('ab');
    expect(cut('ab🚀c', 4)).toBe('ab🚀');
    expect(cut('abc', 3)).toBe('abc');
    for (let most = 1; most < 9; most += 1) expect(isWellFormed(cut('🚀🚀🚀🚀', most))).toBe(true);
  });
});
