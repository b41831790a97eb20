import type { JobKey, Store } from '../store/index.ts';
import { type JobIndex, jobName } from '../ownership/index.ts';

const SETTING = 'jobs-of-token/';
/** A job that was let in is known so much later at the latest, seconds. */
const DECLARING = 60;

/** Which of the known jobs a token was the first to name. */
export interface DeclaredBy {
  /** Adds one more of a token's (its `id`); `refuse` is called instead, and has to throw, where as many as `most` are known. */
  add(token: string, key: JobKey, bound: { readonly most: number; readonly refuse: () => never }): Promise<void>;
}

/** The lists as they are kept in the store, each read at its token's first new job: a restart does not begin to count anew. */
export function declaredBy(store: Pick<Store, 'setting' | 'setSetting'>, { index, now }: { index: Pick<JobIndex, 'all'>; now: () => number }): DeclaredBy {
  const lists = new Map<string, Promise<Map<string, number>>>();
  const read = async (token: string): Promise<Map<string, number>> =>
    new Map(((await store.setting(`${SETTING}${token}`)) ?? '').split('\n').flatMap((name) => (name === '' ? [] : [[name, 0] as const])));
  const listOf = (token: string): Promise<Map<string, number>> => {
    const reading = lists.get(token) ?? read(token);
    lists.set(token, reading);
    reading.catch(() => lists.delete(token));
    return reading;
  };
  return {
    async add(token, key, { most, refuse }) {
      const list = await listOf(token);
      if (!list.has(jobName(key)) && list.size >= most) {
        const known = new Set([...index.all()].map(jobName));
        for (const [name, at] of list) if (!known.has(name) && now() - at > DECLARING) list.delete(name);
        if (list.size >= most) refuse();
      }
      list.set(jobName(key), now());
      await store.setSetting(`${SETTING}${token}`, [...list.keys()].join('\n'));
    },
  };
}
