import { describe, expect, it } from 'vitest';
import * as contract from '../../../core/contract/index.ts';

/** Places of numbers in a schema that fulfil a condition, by path. */
function numbersIn(schema: unknown, wanted: (number: Record<string, unknown>) => boolean, path = ''): string[] {
  if (typeof schema !== 'object' || schema === null) return [];
  const node = schema as Record<string, unknown>; // a JSON schema
  const own = (node['type'] === 'integer' || node['type'] === 'number') && wanted(node) ? [path] : [];
  return [...own, ...Object.entries(node).flatMap(([key, value]) => numbersIn(value, wanted, `${path}/${key}`))];
}

const schemas = Object.entries(contract).filter(([name]) => name.endsWith('Schema'));
const bounded = (bound: unknown) => typeof bound === 'number' && Math.abs(bound) <= Number.MAX_SAFE_INTEGER;

describe('numbers of the contract', () => {
  it('are looked at in every schema', () => {
    expect(schemas.length).toBeGreaterThan(15);
  });

  it.each(schemas)('%s: every integer has a least and a largest value that are told from their neighbours', (_, schema) => {
    const open = numbersIn(schema, ({ type, minimum, maximum }) => type === 'integer' && !(bounded(minimum) && bounded(maximum)));
    expect(open).toEqual([]);
  });

  // What is asked or declared goes to an encoder or a database; a batch's columns are looked at value by value, by each metric's own range.
  const asked = ['JobDeclarationSchema', 'JobsQuerySchema', 'SeriesQuerySchema', 'TokenRequestSchema', 'WatchTargetSchema', 'WireEventSchema'] as const;
  it.each(asked)('%s: every number that a caller sends has a largest value', (name) => {
    const open = numbersIn(contract[name], ({ maximum }) => typeof maximum !== 'number' || !Number.isFinite(maximum));
    expect(open).toEqual([]);
  });
});
