import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';

const GOLDENS = fileURLToPath(new URL('../../tests/collectors/goldens/', import.meta.url));
/** Names of the folders; `.json` beside a text says what it means. */
const folders = readdirSync(GOLDENS);

/** The texts that a collector's goldens read, or all of them. A collector without any is given everybody's. */
export function fixturesOf(id?: string): readonly string[] {
  const own = folders.filter((folder) => folder === id).flatMap(textsOf);
  return own.length > 0 ? own : folders.flatMap(textsOf);
}

function textsOf(folder: string): string[] {
  const names = readdirSync(`${GOLDENS}${folder}`).filter((name) => !name.endsWith('.json') && !name.endsWith('.sqlite'));
  return names.map((name) => readFileSync(`${GOLDENS}${folder}/${name}`, 'utf8'));
}

/** What damage puts in: signs that formats are made of, numbers that no encoder holds, long runs. */
const pieces = fc.oneof(
  fc.constantFrom(
    '\n',
    '\r\n',
    '\r',
    '\0',
    '\uFEFF',
    '\u001b[2J',
    '"',
    ',',
    ',,',
    '|',
    ':',
    '{',
    '}',
    '[',
    ']',
    '\t',
    ' ',
    '-',
    '%',
    '#',
    '\ud800',
    'NaN',
    'Infinity',
    '1e999',
    '-1',
    '99999999999999999999',
    '0x10',
    '[N/A]',
    'ERR!',
  ),
  fc.double().map(String),
  fc.string({ maxLength: 20 }),
  fc
    .tuple(fc.constantFrom('0', ' ', '\t', 'a', '[', '"', '=', ',', '9 ', '\n', '{"a":', '0 : '), fc.integer({ min: 100, max: 20_000 }))
    .map(([sign, times]) => sign.repeat(times)),
);

type Damage = readonly [place: number, length: number, piece: string];

/** One of the texts with some of its characters replaced, taken away, or said twice. */
export function damaged(texts: readonly string[]): fc.Arbitrary<string> {
  const damages: fc.Arbitrary<Damage[]> = fc.array(fc.tuple(fc.nat(), fc.oneof(fc.constant(0), fc.nat({ max: 40 })), pieces), { maxLength: 5 });
  return fc.tuple(fc.constantFrom(...texts), damages, fc.option(fc.nat())).map(([text, places, end]) => {
    const broken = places.reduce((whole, [place, length, piece]) => {
      const at = place % (whole.length + 1);
      return whole.slice(0, at) + piece + whole.slice(at + length);
    }, text);
    return end === null ? broken : broken.slice(0, end % (broken.length + 1));
  });
}

/** Text of no format, and bytes that were never text. */
export const textOrNoise: fc.Arbitrary<string> = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 2_000 }),
  fc.array(pieces, { maxLength: 30 }).map((parts) => parts.join('')),
  fc.uint8Array({ maxLength: 4_000 }).map((bytes) => new TextDecoder().decode(bytes)),
);

/** A text or bytes in the parts that some cuts make; a cut beyond the end counts from the beginning again. */
export function cutAt<T extends { readonly length: number }>(whole: T, cuts: readonly number[], part: (whole: T, from: number, to: number) => T): T[] {
  const places = cuts.map((cut) => cut % (whole.length + 1)).sort((a, b) => a - b);
  return [0, ...places].map((from, index) => part(whole, from, places[index] ?? whole.length));
}
