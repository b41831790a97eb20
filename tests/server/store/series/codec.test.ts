// Past the door of server/store/series: encoders get numbers that ingest would not let through.
import { describe, expect, it } from 'vitest';
import { chance } from '../../../../bench/support/readings.ts';
import {
  DamagedBytes,
  putByte,
  putBytes,
  putSigned,
  putText,
  putVarint,
  reader,
  takeBytes,
  takeVarint,
  Unencodable,
  unzigzag,
  writer,
  written,
  zigzag,
} from '../../../../server/store/series/codec/bytes.ts';
import { putColumn, putQuick, takeColumn } from '../../../../server/store/series/codec/column.ts';
import { toIntegers } from '../../../../server/store/series/codec/decimal.ts';
import { ODD_VALUES } from '../../../support/odd-numbers.ts';

/** As chunks have columns, as write-ahead rows had them, and as these have them now: by the decimals that the column before had. */
const efforts = ['quick', 'small', 'by no decimals', 'by two decimals', 'by fifteen decimals'] as const;
type Way = (typeof efforts)[number];
const GUESSES: Readonly<Partial<Record<Way, number>>> = { 'by no decimals': 0, 'by two decimals': 2, 'by fifteen decimals': 15 };

function encode(values: readonly number[] | Float64Array, effort: Way): Uint8Array {
  const out = writer(1);
  if (effort === 'quick' || effort === 'small') putColumn(out, Float64Array.from(values), effort);
  else putQuick(out, Float64Array.from(values), GUESSES[effort] ?? 0);
  return written(out);
}

function there(values: readonly number[] | Float64Array, effort: Way): number[] {
  return [...takeColumn(reader(encode(values, effort)), values.length)];
}

/** Equal bit for bit: −0 is not 0, and NaN is NaN. */
function expectSame(got: readonly number[], wanted: readonly number[] | Float64Array): void {
  expect(got).toHaveLength(wanted.length);
  const differing = got.findIndex((value, index) => !Object.is(value, wanted[index]));
  expect(differing === -1 ? 'the same' : `value ${differing}: ${got[differing]} instead of ${wanted[differing]}`).toBe('the same');
}

describe.each(efforts)('a column, coded %s', (effort) => {
  it.each([
    ['nothing', []],
    ['one value', [42]],
    ['only absent values', [NaN, NaN, NaN]],
    ['zero is not absent', [0, NaN, 0]],
    ['the same decimal', [0.1, 0.1, 0.1]],
    ['the same number without a decimal form', [1 / 3, 1 / 3]],
    ['tenths, which no double holds exactly', [0.1, 0.2, 0.3, 0.7, 1.1]],
    ['a value that is exact in its own decimals and not in its neighbour’s', [35.2, 35.20000000000004]],
    ['hundredths of watts', [51.23, 51.31, 388.04, 0]],
    ['a memory size in MiB steps', [1048576, 17 * 1048576, 40536 * 1048576]],
    ['negative values', [-3, -2.5, 4, -1000000.25]],
    ['minus zero, which is not zero', [0, -0, 1]],
    ['minus zero by itself', [-0]],
    ['a fall by more than differences can hold', [2 ** 52, 2 ** 52, 2 ** 52, -1, -1, -1, -1, -3]],
    ['infinities', [Infinity, 1, -Infinity]],
    ['thirds', [1 / 3, 2 / 3, 4 / 3]],
    ['floats that were widened', [Math.fround(0.1), Math.fround(0.2), Math.fround(7.3)]],
    ['the largest and the smallest', [Number.MAX_VALUE, Number.MIN_VALUE, -Number.MAX_VALUE]],
    ['the largest safe integers', [Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER - 1, Number.MIN_SAFE_INTEGER]],
    ['integers beyond the safe ones', [2 ** 60, 2 ** 60 + 4096, 2 ** 62]],
    ['times in microseconds', [1763812345.123456, 1763812346.123457, 1763812347.123455]],
    ['a counter that jumps by 2^45', [0, 2 ** 45, 2 ** 46, 3]],
    ['absent at both ends', [NaN, 1, 2, NaN]],
    ['every second absent', [1, NaN, 2, NaN, 3]],
  ])('keeps %s', (_, values) => {
    expectSame(there(values, effort), values);
  });

  it('keeps every one of a thousand made-up columns, whatever their digits, lengths and gaps', () => {
    const next = chance(7);
    for (let round = 0; round < 1000; round += 1) {
      const length = Math.floor(next() * next() * 300);
      const digits = Math.floor(next() * 18);
      const size = 10 ** (next() * 20 - 4);
      const gaps = next() < 0.3 ? next() : 0;
      let level = 0;
      const values = Float64Array.from({ length }, () => {
        level = next() < 0.5 ? level : level + (next() - 0.5) * size;
        const value = digits > 15 ? level : Number(level.toFixed(Math.min(digits, 15)));
        return next() < gaps ? NaN : value;
      });
      expectSame(there(values, effort), values);
    }
  });
});

describe('a column of a write-ahead row', () => {
  const put = (values: number[], guess: number) => {
    const out = writer();
    return { used: putQuick(out, Float64Array.from(values), guess), bytes: out.at };
  };

  it('tells the decimals that it took, for the next of its metric', () => {
    expect(put([51.23, 51.31], 0).used).toBe(2);
    expect(put([51.23, 51.31], 2).used).toBe(2);
    expect(put([51, 52], 2).used).toBe(2);
    expect(put([1 / 3, 2], 2).used).toBe(2);
  });

  it('takes a byte or two a value where values change little', () => {
    expect(put([300.01, 300.55, 299.8, 300.01, 300.01, 300.02], 2).bytes).toBeLessThan(2 + 3 + 5 * 2);
  });
});

describe('sizes', () => {
  const bytesOf = (values: readonly number[]): number => encode(values, 'small').length;
  const next = chance(3);

  it('a value that stands still for an hour takes a few bytes in all', () => {
    expect(bytesOf(Array.from({ length: 3600 }, () => 1593e6))).toBeLessThan(12);
  });

  it('regular times take a few bytes in all', () => {
    expect(bytesOf(Array.from({ length: 4096 }, (_, index) => 1763812345 + 10 * index))).toBeLessThan(60);
  });

  it('noise of eight bits takes little more than eight bits a value', () => {
    expect(bytesOf(Array.from({ length: 4096 }, () => 300 + Math.floor(next() * 256))) / 4096).toBeLessThan(1.1);
  });

  it('noise of twenty bits takes little more than twenty bits a value', () => {
    expect(bytesOf(Array.from({ length: 4096 }, () => Math.floor(next() * 2 ** 20))) / 4096).toBeLessThan(2.6);
  });
});

describe('integers of any size', () => {
  it.each([0, 1, 127, 128, 16383, 16384, 2 ** 31 - 1, 2 ** 31, 2 ** 32, 2 ** 40 + 3, 2 ** 53 - 1])('%d is read as it was written', (value) => {
    const out = writer(1);
    putVarint(out, value);
    expect(takeVarint(reader(written(out)))).toBe(value);
  });

  it.each([0, -1, 1, -2, 2 ** 51, -(2 ** 51)])('%d survives its zigzag', (value) => {
    expect(unzigzag(zigzag(value))).toBe(value);
  });

  it('a decimal scale is the smallest that holds all values, with their common step', () => {
    expect(toIntegers(Float64Array.of(1.5, 2.25, 3))).toMatchObject({ exponent: 2, first: 150, step: 75, ints: Float64Array.of(0, 1, 2) });
    expect(toIntegers(Float64Array.of(1 / 3))).toBeNull();
    expect(toIntegers(Float64Array.of(-0))).toBeNull();
  });
});

describe('what an encoder cannot hold', () => {
  it.each(ODD_VALUES)('%d is refused, and nothing of it is written', (value) => {
    const out = writer(1);
    expect(() => putVarint(out, value)).toThrow(Unencodable);
    expect(() => putByte(out, value)).toThrow(Unencodable);
    if (value !== -1) expect(() => putSigned(out, value)).toThrow(Unencodable);
    expect(out.at).toBe(0);
  });

  it.each([2 ** 52 + 1, -(2 ** 52) - 1])('%d is refused with a sign', (value) => {
    expect(() => putSigned(writer(1), value)).toThrow(Unencodable);
  });

  it.each([256, 1000])('%d is refused as a byte', (value) => {
    expect(() => putByte(writer(1), value)).toThrow(Unencodable);
  });

  it('half a character is refused: two of them would be read as one name', () => {
    for (const half of ['\ud800', 'a\udc01b', 'x\ud801']) expect(() => putText(writer(1), half)).toThrow(Unencodable);
  });

  it('a number beyond what is written is damage', () => {
    // Eight bytes, all bits set: 2^56 − 1.
    expect(() => takeVarint(reader(Uint8Array.of(255, 255, 255, 255, 255, 255, 255, 127)))).toThrow(DamagedBytes);
  });
});

describe('damaged bytes', () => {
  it('that end within a text or a block are damage, not a shorter one: a name cut in half is another entity', () => {
    const out = writer();
    putBytes(out, Uint8Array.of(1, 2, 3, 4));
    const whole = written(out);
    expect([...takeBytes(reader(whole))]).toEqual([1, 2, 3, 4]);
    expect(() => takeBytes(reader(whole.subarray(0, 4)))).toThrow(DamagedBytes);
  });

  it('whose mask is of another number of rows are damage: readings must not move to other times', () => {
    const five = encode([1, NaN, 2, NaN, 3], 'small');
    expect([...takeColumn(reader(five), 5)]).toEqual([1, NaN, 2, NaN, 3]);
    expect(() => takeColumn(reader(five), 6)).toThrow(DamagedBytes);
    expect(() => takeColumn(reader(five), 4)).toThrow(DamagedBytes);
  });

  it('cut anywhere are an error of their own kind or another value, never a crash or a hang', () => {
    const whole = encode(
      Array.from({ length: 200 }, (_, index) => (index % 7 === 0 ? NaN : index * 1.37)),
      'small',
    );
    for (let cut = 0; cut < whole.length; cut += 1) {
      try {
        expect(takeColumn(reader(whole.subarray(0, cut)), 200)).toHaveLength(200);
      } catch (error) {
        expect(error).toBeInstanceOf(DamagedBytes);
      }
    }
  });
});
