import { flushSync } from 'svelte';
import { expect, it } from 'vitest';
import Processes from '../../../web/parts/Processes.svelte';
import { render, textOf } from './render.ts';

const processes = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ kind: 'process' as const, id: `a/${index}`, node: 'a', name: `job ${index}`, facts: {} }));

it('a long table shows its first rows, and all of them when asked', () => {
  const part = render(Processes, { entities: processes(14) });
  const rows = (): number => part.querySelectorAll('tbody tr').length;
  expect(rows()).toBe(12);
  const button = part.querySelector('button');
  expect(textOf(button)).toBe('Show all 14');
  button?.click();
  flushSync();
  expect(rows()).toBe(14);
  expect(part.querySelector('button')).toBeNull();
});

it('a table that is shown whole offers no more', () => {
  const part = render(Processes, { entities: processes(12) });
  expect(part.querySelectorAll('tbody tr').length).toBe(12);
  expect(part.querySelector('button')).toBeNull();
});
