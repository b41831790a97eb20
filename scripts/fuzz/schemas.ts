import fc from 'fast-check';

/** What is read of a JSON schema. */
export interface Schema {
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly Schema[];
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly minimum?: number;
  readonly maximum?: number;
}

/** Properties of an object that are filled besides the required ones. */
const FILLED = 5;
/** Words that are known somewhere, or nearly. */
const WORDS = [
  'x',
  'n1',
  'n2',
  'c',
  'own',
  'other',
  'c/own',
  'GPU-1',
  'A100',
  'gpu.util',
  'gpu.power,gpu.util',
  'running',
  'Europe/Berlin',
  '2026-01-02T03:04:05Z',
  '',
];

/** Values that a schema lets through, mostly. */
export function valuesOf(schema: Schema): fc.Arbitrary<unknown> {
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (schema.anyOf !== undefined) return fc.oneof(...schema.anyOf.map(valuesOf));
  switch (schema.type) {
    case 'string':
      return fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...WORDS) }, { weight: 1, arbitrary: fc.string({ unit: 'grapheme', maxLength: 20 }) });
    case 'integer':
    case 'number':
      return numbersOf(schema);
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    case 'array':
      return fc.array(valuesOf(schema.items ?? {}), { maxLength: 3 });
    case 'object':
      return objectsOf(schema);
    default:
      return fc.jsonValue({ maxDepth: 3 });
  }
}

function numbersOf({ type, minimum = -1e12, maximum = 1e12 }: Schema): fc.Arbitrary<number> {
  const now = Math.floor(Date.now() / 1000);
  const inside = [minimum, maximum, 0, 1, 7, now, now - 3_600].filter((value) => value >= minimum && value <= maximum);
  const any = fc.double({ min: minimum, max: maximum, noNaN: true });
  return fc.oneof(fc.constantFrom(...inside), type === 'integer' ? any.map(Math.trunc) : any);
}

function objectsOf({ properties = {}, required = [] }: Schema): fc.Arbitrary<Record<string, unknown>> {
  return fc.subarray(Object.keys(properties), { maxLength: Math.min(FILLED, Object.keys(properties).length) }).chain((chosen) => {
    const keys = [...new Set([...required, ...chosen])];
    return fc.tuple(...keys.map((key) => valuesOf(properties[key] ?? {}))).map((values) => Object.fromEntries(keys.map((key, index) => [key, values[index]])));
  });
}
