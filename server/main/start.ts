import type { Config } from '../settings/index.ts';
import { claimFolder, clearDemo } from './data-kind.ts';
import { openLog } from '../http/index.ts';
import type { Running, StartOptions } from './run.ts';
import { openStore, type Store, type StoreOptions } from '../store/index.ts';

/** Starts the whole service. Throws ConfigError or StoreError with a text for a person; nothing is left open then. */
export async function start(options: StartOptions): Promise<Running> {
  const { config, demo } = options;
  const log = openLog(config.log ?? (process.stderr.isTTY ? 'warn' : 'info'));
  const words = { info: (text: string) => log.info(text), warn: (text: string) => log.warn(text), error: (text: string) => log.error(text) };
  // The store's threads take up what was acknowledged while the rest of the program is read.
  const [store, rest] = await Promise.allSettled([openOwnStore(config, demo !== null, words), import('./run.ts')]);
  if (store.status === 'rejected') throw store.reason;
  if (rest.status === 'rejected') {
    await store.value.close();
    throw rest.reason;
  }
  return rest.value.run({ ...options, store: store.value, log });
}

/** The store of this folder, for this kind of data only. A demo starts on an empty one. */
async function openOwnStore(config: Config, demo: boolean, log: StoreOptions['log']): Promise<Store> {
  const open = () => openStore({ folder: config.data, rawDays: config.rawDays, rollupDays: config.rollupDays, log });
  const store = await open();
  try {
    if ((await claimFolder(store, config.data, demo)) === 'new' || !demo) return store;
  } catch (error) {
    await store.close();
    throw error;
  }
  await store.close();
  clearDemo(config.data);
  const empty = await open();
  await claimFolder(empty, config.data, demo);
  return empty;
}
