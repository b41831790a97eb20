import { describe, expect, it } from 'vitest';
import { jsonCutter, parseLooseJson } from '../../../collectors/text/index.ts';

describe('parseLooseJson', () => {
  it('reads JSON, and JSON with missing or superfluous commas', () => {
    expect(parseLooseJson('{"a": [1, "x", null, true], "b": {}}')).toEqual({ a: [1, 'x', null, true], b: {} });
    expect(parseLooseJson('{"a": 1 "b": [1 2] "c": "d"}')).toEqual({ a: 1, b: [1, 2], c: 'd' });
    expect(parseLooseJson('{"a": 1,, "b": [1,],}')).toEqual({ a: 1, b: [1] });
  });
  it.each(['', '{', '{"a"}', '{"a": }', '{a: 1}', '{"a": tru}', '{"a": "x}', '{"a": 1} x', '[1', '{"a": 01}', `${'['.repeat(100)}${']'.repeat(100)}x`])(
    'refuses %j',
    (text) => {
      expect(parseLooseJson(text)).toBeUndefined();
    },
  );
  it('of a text that is cut off reads what is complete, and drops what may not be', () => {
    expect(parseLooseJson('{"a": "1", "b": "2', true)).toEqual({ a: '1' });
    expect(parseLooseJson('{"a": 1, "b": 12', true)).toEqual({ a: 1 });
    expect(parseLooseJson('{"a": 1, "b', true)).toEqual({ a: 1 });
    expect(parseLooseJson('{"a": [{"x": "1"}, {"y": "2"', true)).toEqual({ a: [{ x: '1' }, { y: '2' }] });
    expect(parseLooseJson('{', true)).toEqual({});
  });
  it('makes a member of __proto__, not a prototype', () => {
    const value = parseLooseJson('{"__proto__": {"x": 1} "b": 2}');
    expect(Object.keys(value as object)).toEqual(['__proto__', 'b']);
    expect((value as { x?: number }).x).toBeUndefined();
  });
});

describe('jsonCutter', () => {
  function cut(chunks: readonly string[]): string[] {
    const seen: string[] = [];
    const cutter = jsonCutter({
      object: (text, line) => seen.push(`${line} ${text}`),
      cut: (text, line) => seen.push(`${line} cut ${text.trim()}`),
      bracket: (open) => seen.push(open ? '[' : ']'),
      problem: (line, reason) => seen.push(`${line} ${reason}`),
    });
    for (const chunk of chunks) cutter.feed(chunk);
    cutter.end();
    return seen;
  }
  it('is not misled by braces and quotes in strings', () => {
    expect(cut(['[{"a": "}\\"{"}, {"b": [{}]}]'])).toEqual(['[', '1 {"a": "}\\"{"}', '1 {"b": [{}]}', ']']);
  });
  it('gives the same wherever the text is cut', () => {
    const text = '[\n {"a": "\\\\"},\n {"b": 1}\n]\nnoise {"c": 2} {"d"\n[\n {"e": 3}\n]';
    const whole = cut([text]);
    expect(whole).toEqual(['[', '2 {"a": "\\\\"}', '3 {"b": 1}', ']', '5 expected an object of JSON', '5 {"c": 2}', '5 cut {"d"', '[', '7 {"e": 3}', ']']);
    for (let at = 0; at <= text.length; at += 1) expect(cut([text.slice(0, at), text.slice(at)])).toEqual(whole);
    expect(cut([...text])).toEqual(whole);
  });
  it('throws an object of more than 1 MiB away and reads on', () => {
    const long = `{"a": "${'x'.repeat(1024 * 1024)}"}`;
    const whole = ['1 object is longer than 1 MiB', '1 {"b": 1}'];
    expect(cut([`${long}{"b": 1}`])).toEqual(whole);
    expect(cut([long.slice(0, 9), long.slice(9, 1_048_580), long.slice(1_048_580), '{"b": 1}'])).toEqual(whole);
  });
});
