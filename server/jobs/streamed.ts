import { JOB_BOUNDS } from '../settings/index.ts';
import type { Store } from '../store/index.ts';

const SETTING = 'streamed-jobs';
/** Jobs remembered at most; the oldest are forgotten first and then stay as they were declared. */
const MOST = JOB_BOUNDS.streamed.value;

/** The jobs that nobody declared but a stream that named them: nobody will say either when they end. */
export interface Streamed {
  has(name: string): boolean;
  add(name: string): Promise<void>;
  /** Somebody declares this job from now on. */
  remove(name: string): Promise<void>;
  all(): readonly string[];
  load(): Promise<void>;
}

/** The list as it is kept in the store; `load` reads it. */
export function streamedJobs(store: Pick<Store, 'setting' | 'setSetting'>): Streamed {
  let names: string[] = [];
  const keep = async (next: string[]): Promise<void> => {
    names = next.slice(-MOST);
    await store.setSetting(SETTING, names.join('\n'));
  };
  return {
    has: (name) => names.includes(name),
    all: () => names,
    add: async (name) => (names.includes(name) ? undefined : keep([...names, name])),
    remove: async (name) => (names.includes(name) ? keep(names.filter((one) => one !== name)) : undefined),
    async load() {
      names = (await store.setting(SETTING))?.split('\n').filter((name) => name !== '') ?? [];
    },
  };
}
