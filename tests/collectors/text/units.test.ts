import { describe, expect, it } from 'vitest';
import { cellColumn, isAbsent, parseDecimal, quantity, splitCsv } from '../../../collectors/text/index.ts';

describe('quantity', () => {
  it('reads a decimal comma, and guesses at no thousands', () => {
    expect([quantity('58,31 W', 'W'), quantity('0,5', 'W'), quantity('97,0 %', '%')]).toEqual([58.31, 0.5, 0.97]);
    expect([quantity('1,234 W', 'W'), quantity('1,2,3', 'W'), quantity('1,5 C', 'W')]).toEqual(['unrecognised', 'unrecognised', 'unrecognised']);
  });

  it('takes ERR! for a cell without a value', () => {
    expect(quantity('ERR!', 'W')).toBe('absent');
  });

  it.each([
    ['31 %', '%', 0.31],
    ['57', '%', 0.57],
    ['65247 MiB', 'MiB', 68416438272],
    ['65247', 'MiB', 68416438272],
    ['1.5 GiB', 'MiB', 1610612736],
    ['58.31 W', 'W', 58.31],
    ['1410MHz', 'MHz', 1.41e9],
    ['30C', 'C', 30],
    ['120 us', 'us', 0.00012],
    ['22 KB/s', 'KB/s', 22000],
    ['0', '%', 0],
  ] as const)('reads %s as SI', (text, plain, expected) => {
    expect(quantity(text, plain)).toBe(expected);
  });

  it.each(['', '-', 'N/A', '[N/A]', '[Not Supported]', '[Unknown Error]', 'null', '[Insufficient Permissions]'])('knows %j as absent, not as 0', (text) => {
    expect(quantity(text, '%')).toBe('absent');
    expect(isAbsent(text)).toBe(true);
  });

  it.each([
    ['31 W', '%'],
    ['abc', '%'],
    ['3 1', '%'],
    ['31 furlongs', 'W'],
    ['0x10', 'W'],
    ['1e999', 'W'],
    ['Infinity', 'W'],
    ['[31]', 'W'],
  ] as const)('does not guess at %j in a column of %s', (text, plain) => {
    expect(quantity(text, plain)).toBe('unrecognised');
  });
});

describe('parseDecimal', () => {
  it('reads what the built-in conversion reads, to the last bit', () => {
    expect(parseDecimal('0.13058111805003136')).toBe(0.13058111805003136);
    expect(parseDecimal('-1.5')).toBe(-1.5);
    expect(parseDecimal('+2.')).toBe(2);
    expect(parseDecimal('.5')).toBe(0.5);
    expect(parseDecimal('1e-3')).toBe(0.001);
    expect(parseDecimal('123456789012345678')).toBe(123456789012345680);
    expect(parseDecimal('253.21')).toBe(253.21);
  });
  it.each(['', '-', '.', '1.2.3', '12abc', ' 1', 'NaN'])('refuses %j', (text) => {
    expect(parseDecimal(text)).toBeNull();
  });
});

describe('splitCsv', () => {
  it('trims cells, reads quotes and doubled quotes, keeps empty cells', () => {
    expect(splitCsv('a, b ,, c d')).toEqual(['a', 'b', '', 'c d']);
    expect(splitCsv('"a, b", "say ""hi""" ,c,')).toEqual(['a, b', 'say "hi"', 'c', '']);
    expect(splitCsv('a,"b,c')).toEqual(['a', 'b,c']);
    expect(splitCsv('')).toEqual(['']);
  });
  it('says at which column a cell starts', () => {
    expect(cellColumn('a, b ,, c', 0)).toBe(1);
    expect(cellColumn('a, b ,, c', 1)).toBe(4);
    expect(cellColumn('a, b ,, c', 3)).toBe(9);
    expect(cellColumn('"a, b", c', 1)).toBe(9);
    expect(cellColumn('a', 2)).toBe(2);
  });
});
