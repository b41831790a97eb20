import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigError } from '../settings/index.ts';
import type { Store } from '../store/index.ts';

/** Demo data and real data never share a folder: the first use decides, and is remembered in the store. */
export async function claimFolder(store: Pick<Store, 'setting' | 'setSetting'>, folder: string, demo: boolean): Promise<'new' | 'known'> {
  const wanted = demo ? 'demo' : 'real';
  const found = await store.setting('kind');
  if (found === null) {
    await store.setSetting('kind', wanted);
    return 'new';
  }
  if (found === wanted) return 'known';
  throw new ConfigError(
    demo
      ? `${folder} holds real data, and a demo must not be mixed into it: leave --data and HEADROOM_DATA out (the demo then has a folder of its own), or name an empty folder.`
      : `${folder} holds a demo's data, and real readings must not be mixed into it: name another folder with --data or HEADROOM_DATA.`,
  );
}

/** Removes the databases of a closed store that held a demo: a demo tells its past anew, and what it told before would overlap. */
export function clearDemo(folder: string): void {
  for (const name of readdirSync(folder)) if (/^(series|headroom)\.db(-wal|-shm|-journal)?$/.test(name)) rmSync(join(folder, name));
}
