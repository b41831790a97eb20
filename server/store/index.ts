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
    const opening = openSeries({ ...options, file: join(folder, 'series.db') }).then((part) => {
      open.push(part);
      return part;
    });
    // The facts are read while the series still take up what was acknowledged.
    const relational = openRelational({ file: join(folder, 'headroom.db'), log: options.log }).then(async (part) => {
      open.push(part.host);
      return { ...part, facts: await openFacts(part.host, async () => (await opening).heard(), now) };
    });
    // Both must have ended, well or not, before anything is closed.
    await Promise.allSettled([opening, relational]);
    const series = await opening;
    const { host, jobs, facts } = await relational;
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
          await facts.prune({ now: at, eventsBefore: at - options.rollupDays * DAY }, series.known);
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
export type { Among, JobKey, JobRecord, JobSummary, KnownIds, Store, StoreOptions, TokenScope } from './interface/index.ts';
