import { expect, it } from 'vitest';
import { openSpeaking } from '../../../server/ownership/index.ts';

it('a node with an agent of its own is one after a restart too, and was heard then when its last reading came', async () => {
  const settings = new Map<string, string>();
  const store = {
    setting: (name: string) => Promise.resolve(settings.get(name) ?? null),
    setSetting: (name: string, value: string) => Promise.resolve(void settings.set(name, value)),
  };
  const open = () => openSpeaking({ store, now: () => 1_000, failed: (error) => expect.fail(String(error)) });
  const first = open();
  for (const node of ['n1', 'n2', 'n1']) first.heard(node);
  expect([first.lastOf('n1'), first.lastOf('n9')]).toEqual([1_000, null]);
  await expect.poll(() => settings.size).toBe(1);
  const second = open();
  await second.load((node) => (node === 'n1' ? 900 : 2_000));
  expect(['n1', 'n2', 'n9'].map(second.lastOf)).toEqual([900, 1_000, null]);
});
