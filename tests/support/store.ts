// Past the door of server/store/series: tests open one file of the store by itself.
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { openStore, type Store, type StoreOptions } from '../../server/store/index.ts';
import { type EmbeddedSeries, openSeries } from '../../server/store/series/store.ts';
import { temporaryFolder } from './folders.ts';

/** What a store said, by level. */
export interface Said {
  readonly lines: string[];
  readonly log: StoreOptions['log'];
}

export function listening(): Said {
  const lines: string[] = [];
  const note =
    (level: string) =>
    (text: string): void => {
      lines.push(`${level}: ${text}`);
    };
  return { lines, log: { info: note('info'), warn: note('warn'), error: note('error') } };
}

type SeriesOptions = Partial<Omit<Parameters<typeof openSeries>[0], 'now'>>;

/** The series alone, as the store opens them; `clock.now` is its time. The caller closes it. */
export async function openSeriesForTest(options: SeriesOptions & { file: string }): Promise<{ series: EmbeddedSeries; clock: { now: number }; file: string }> {
  const clock = { now: 1_700_000_000 };
  const series = await openSeries({ rawDays: 30, rollupDays: 400, log: listening().log, ...options, now: () => clock.now });
  return { series, clock, file: options.file };
}

/** The same in a file of its own (or the one given), closed when the test is over. */
export async function seriesForTest(options: SeriesOptions = {}): ReturnType<typeof openSeriesForTest> {
  const opened = await openSeriesForTest({ file: join(temporaryFolder(), 'series.db'), ...options });
  onTestFinished(() => opened.series.close());
  return opened;
}

/** The store as the service opens it, in a folder of its own (or the one given), closed when the test is over. */
export async function storeForTest(options: Partial<StoreOptions> = {}): Promise<Store> {
  const store = await openStore({ folder: temporaryFolder(), rawDays: 30, rollupDays: 400, log: listening().log, ...options });
  onTestFinished(() => store.close());
  return store;
}
