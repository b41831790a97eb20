/** What a JSON text can hold. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** True for a JSON object. */
export function isJsonObject(value: Json | undefined): value is { readonly [key: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** True for a JSON array. */
export function isJsonList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}

/** Nothing that tools print is nested deeper. */
const DEEPEST = 64;

/**
 * Reads one JSON value, also where commas are missing or stand too many (nvtop 3.3.0 prints such).
 * Undefined where the text is no JSON in other ways: an open string, a word without quotes, text after the value.
 * With `cut` the text may end anywhere: what is complete of it is read, a last member that may not be is dropped.
 */
export function parseLooseJson(text: string, cut = false): Json | undefined {
  const strict = cut ? undefined : strictly(text);
  if (strict !== undefined) return strict;
  let at = 0;
  let failed = false;

  const skip = (): void => {
    while (at < text.length && ' \t\r\n,'.includes(text.charAt(at))) at += 1;
  };
  const ended = (): boolean => cut && at >= text.length;
  const fail = (): undefined => {
    if (cut)
      at = text.length; // the rest is lost, what stands before is not
    else failed = true;
    return undefined;
  };
  const value = (depth: number): Json | undefined => {
    skip();
    const first = text.charAt(at);
    if (depth > DEEPEST || first === '') return fail();
    if (first === '{') return object(depth);
    if (first === '[') return list(depth);
    const end = first === '"' ? stringEnd(text, at) : wordEnd(text, at);
    const read = end < 0 ? undefined : strictly(text.slice(at, end));
    if (cut && first !== '"' && end >= text.length) return fail(); // `12` may have been 128
    at = end;
    return read === undefined ? fail() : read;
  };
  const object = (depth: number): Json | undefined => {
    const members: { [key: string]: Json } = {};
    at += 1;
    for (;;) {
      skip();
      if (text.charAt(at) === '}' || ended()) break;
      const end = text.charAt(at) === '"' ? stringEnd(text, at) : -1;
      const key = end < 0 ? undefined : strictly(text.slice(at, end));
      if (typeof key !== 'string') {
        fail();
        return cut ? members : undefined;
      }
      at = end;
      skip();
      if (text.charAt(at) !== ':') {
        fail();
        return cut ? members : undefined;
      }
      at += 1;
      const member = value(depth + 1);
      if (member === undefined) return cut ? members : undefined;
      Object.defineProperty(members, key, { value: member, enumerable: true, configurable: true, writable: true }); // also for a key `__proto__`
    }
    at += 1;
    return members;
  };
  const list = (depth: number): Json | undefined => {
    const items: Json[] = [];
    at += 1;
    for (;;) {
      skip();
      if (text.charAt(at) === ']' || ended()) break;
      const item = value(depth + 1);
      if (item === undefined) return cut ? items : undefined;
      items.push(item);
    }
    at += 1;
    return items;
  };

  const whole = value(0);
  skip();
  return failed || at < text.length ? undefined : whole;
}

function strictly(text: string): Json | undefined {
  try {
    const value: Json = JSON.parse(text) as Json; // a parse boundary: JSON.parse makes nothing else
    return value;
  } catch {
    return undefined; // the loose reading, or the caller, says what is wrong
  }
}

/** The place after the string that opens at `start`; -1 where it does not close. */
function stringEnd(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === 92)
      at += 1; // backslash
    else if (code === 34) return at + 1;
  }
  return -1;
}

function wordEnd(text: string, start: number): number {
  let at = start;
  while (at < text.length && !' \t\r\n,{}[]":'.includes(text.charAt(at))) at += 1;
  return at > start ? at : -1;
}
