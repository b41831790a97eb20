import { expect, it } from 'vitest';
import { factsByEntity } from '../../../core/readings/index.ts';

it('facts stand with their own entity, of two of a name the later', () => {
  const said = factsByEntity([
    { entity: { kind: 'gpu', id: 'a' }, name: 'name', value: 'T4' },
    { entity: { kind: 'host', id: 'a' }, name: 'name', value: 'n1' },
    { entity: { kind: 'gpu', id: 'a' }, name: 'name', value: 'A40' },
  ]);
  expect([...(said.get({ kind: 'gpu', id: 'a' }) ?? [])]).toEqual([['name', 'A40']]);
  expect([...(said.get({ kind: 'host', id: 'a' }) ?? [])]).toEqual([['name', 'n1']]);
  expect(said.get({ kind: 'engine', id: 'a' })).toBeUndefined();
});
