// Past the door of jobs: a list in the store, of which no reply shows anything but its bound.
import { expect, it } from 'vitest';
import { declaredBy } from '../../../server/jobs/declared-by.ts';
import { jobIndex } from '../../../server/ownership/index.ts';
import { aJob } from '../../support/jobs.ts';

it('the jobs of a token are counted on after a restart, and those that are forgotten no more', async () => {
  const settings = new Map<string, string>();
  const store = {
    setting: (name: string) => Promise.resolve(settings.get(name) ?? null),
    setSetting: (name: string, value: string) => Promise.resolve(void settings.set(name, value)),
  };
  const index = jobIndex();
  const bound = {
    most: 2,
    refuse: () => {
      throw new Error('too many');
    },
  };
  let now = 1_000;
  const add = async (by: ReturnType<typeof declaredBy>, id: string, token = 't') => {
    const job = aJob(id, {});
    await by.add(token, job, bound);
    index.put(job);
    return job;
  };
  const first = declaredBy(store, { index, now: () => now });
  const gone = await add(first, '1');
  await add(first, '2');
  await add(first, '2');
  await expect(add(first, '3')).rejects.toThrow('too many');
  const second = declaredBy(store, { index, now: () => now });
  await expect(add(second, '3')).rejects.toThrow('too many');
  await add(second, '3', 'another');
  index.drop(gone);
  now += 100;
  await add(second, '3');
  await expect(add(second, '4')).rejects.toThrow('too many');
});
