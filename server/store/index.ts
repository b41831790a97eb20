import { join } from 'node:path';
import { type Store, type StoreOptions, systemClock } from './interface/index.ts';
import { lockFolder, lostWriteAhead, prepareFolder } from './folder/index.ts';
import { openCredentials, openFacts, openRelational } from './relational/index.ts';
import { openSeries } from './series/index.ts';

const DAY = 86_400;

/**
 * Opens the store of a data folder: two SQLite files, each with one writer in a worker. Throws StoreError: `folder` (on a
 * network file system, no permission), `locked` (another process has it), `version` (made by a newer Headroom).
 */
export async function openStore(options: StoreOptions): Promise<Store> {
  const now = options.now ?? systemClock;
  const folder = prepareFolder(options.folder);
  const lock = await lockFolder(folder);
  for (const name of ['series.db', 'headroom.db']) {
    const lost = lostWriteAhead(join(folder, name), lock.abandoned);
    if (lost !== null) options.log.error(lost);
  }
  const open: { close(): Promise<void> }[] = [];
  const closeAll = async (): Promise<void> => {
    lock.closing();
    await Promise.all(open.map((part) => part.close()));
    await lock.release();
  };
  let closed: Promise<void> | undefined;
  try {
    const starting = [
      openSeries({ ...options, file: join(folder, 'series.db') }).then((part) => {
        open.push(part);
        return part;
      }),
      openRelational({ file: join(folder, 'headroom.db'), log: options.log }).then((part) => {
        open.push(part.host);
        return part;
      }),
    ] as const;
    // Both must have ended, well or not, before anything is closed.
    await Promise.allSettled(starting);
    const [series, { host, jobs }] = await Promise.all(starting);
    const facts = await openFacts(host, () => series.heard(), now);
    lock.opened();
    const { tokens, sessions, stands, onEnd } = await openCredentials({ host, now, log: options.log });
    return {
      series: {
        ...series,
        append: async (intake) => {
          // What it says beside numbers is kept first: if that much alone is on disk, the sender repeats the whole.
          await facts.note(intake);
          return series.append(intake);
        },
        maintain: async (at) => {
          await host.tryWriting();
          await facts.prune({ now: at, eventsBefore: at - options.rollupDays * DAY });
          return series.maintain(at);
        },
      },
      jobs,
      facts,
      tokens,
      sessions,
      stands,
      onEnd,
      setting: (name) => host.call('setting', () => name),
      setSetting: (name, value) => host.call('setSetting', () => ({ name, value })),
      sweep: async () => void (await Promise.all([series.sweep(), host.call('sweep', () => null)])),
      trouble: () => series.trouble() ?? host.trouble(),
      close: () => {
        closed ??= closeAll();
        return closed;
      },
    };
  } catch (error) {
    await closeAll();
    throw error;
  }
}
export { checkStore, type FileFound, isWhole, repairStore } from './repair/index.ts';
export type { Among, JobKey, JobRecord, JobSummary, Store, StoreOptions, TokenScope } from './interface/index.ts';
