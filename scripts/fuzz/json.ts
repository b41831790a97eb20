import fc from 'fast-check';

/** What stands in a text where a hostile one will. */
const PLACE = '@@here@@';

/** JSON that nobody expects, as text: numbers that no integer holds, names of prototypes, half characters, endless nesting. */
export const HOSTILE = [
  'null',
  'true',
  '""',
  '"x"',
  '"\\u0000"',
  '"\\ud800"',
  '"\\udc00x"',
  '"__proto__"',
  '"constructor"',
  '"../../etc/passwd"',
  '"%00"',
  '"\\u202e"',
  '"NaN"',
  '"7"',
  '-0',
  '-1',
  '0',
  '0.5',
  '7',
  '1e21',
  '1e400',
  '-1e400',
  '1.79e308',
  '-1.79e308',
  '5e-324',
  '9007199254740991',
  '9007199254740993',
  '1152921504606846976',
  '[]',
  '[null]',
  '[[[]]]',
  '{}',
  '{"__proto__":{"a":1}}',
  '{"length":1e9}',
  `"${'a'.repeat(5_000)}"`,
  '1'.repeat(400),
  `${'['.repeat(5_000)}${']'.repeat(5_000)}`,
  `${'{"a":'.repeat(5_000)}1${'}'.repeat(5_000)}`,
] as const;

/** Any JSON, small or hostile. */
export const hostileJson: fc.Arbitrary<string> = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...HOSTILE) },
  { weight: 1, arbitrary: fc.json({ maxDepth: 3 }) },
);

/** One change of a value: what is done, where (of all places below it, counted), with what. */
export type Change = readonly [kind: 'instead' | 'beside' | 'again' | 'without', place: number, text: string];

export const change: fc.Arbitrary<Change> = fc.tuple(
  fc.constantFrom('instead', 'instead', 'instead', 'beside', 'again', 'without'),
  fc.nat({ max: 1_000 }),
  hostileJson,
);

/** The value as JSON with one of its parts replaced, left out, given twice, or with one beside it that nobody asked for. */
export function changed(value: unknown, [kind, place, text]: Change): string {
  const copy: unknown = structuredClone(value);
  const places = placesIn(copy);
  const at = places[place % Math.max(1, places.length)];
  if (at === undefined) return text;
  const { holder, key } = at;
  const strange = ['__proto__', 'constructor', 'toString', key, 'x'][place % 5] ?? key;
  if (kind === 'without') remove(holder, key);
  else if (kind === 'instead') holder[key] = PLACE;
  else if (Array.isArray(holder)) holder.push(PLACE);
  else holder[kind === 'again' ? `${PLACE}${key}` : `${PLACE}${strange}`] = PLACE;
  return JSON.stringify(copy)
    .replaceAll(`"${PLACE}"`, () => text)
    .replaceAll(PLACE, '');
}

interface Place {
  readonly holder: Record<string, unknown>;
  readonly key: string;
}

function placesIn(value: unknown): Place[] {
  if (typeof value !== 'object' || value === null) return [];
  const holder = value as Record<string, unknown>; // an array's keys are its places
  return Object.keys(holder).flatMap((key) => [{ holder, key }, ...placesIn(holder[key])]);
}

function remove(holder: Record<string, unknown>, key: string): void {
  if (Array.isArray(holder)) holder.splice(Number(key), 1);
  else Reflect.deleteProperty(holder, key);
}

/** Bytes of a text with some of them changed, lost, or put in. */
export const damage: fc.Arbitrary<readonly (readonly [number, number, Uint8Array])[]> = fc.array(
  fc.tuple(
    fc.nat(),
    fc.nat({ max: 3 }),
    fc.oneof(
      fc.uint8Array({ maxLength: 3 }),
      fc
        .constantFrom(...'{}[]",:\\-+.eE0 \n', 'null', '1e999', '\\u0073', '\uFEFF', '00', '.5', '1.', '"t":', ',,')
        .map((text) => new TextEncoder().encode(text)),
    ),
  ),
  { maxLength: 3 },
);

/** The damage done. */
export function damagedBytes(text: string, all: readonly (readonly [number, number, Uint8Array])[]): Buffer {
  return all.reduce((whole: Buffer, [place, length, piece]) => {
    const at = place % (whole.length + 1);
    return Buffer.concat([whole.subarray(0, at), piece, whole.subarray(at + length)]);
  }, Buffer.from(text));
}
