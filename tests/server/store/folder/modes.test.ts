// Past the door of server/store: the folder is prepared without a store in it.
import { chmodSync, mkdirSync, readdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { prepareFolder } from '../../../../server/store/folder/index.ts';
import { startService } from '../../../support/service.ts';
import { batchOf, gpu } from '../../../support/batches.ts';
import { temporaryFolder } from '../../../support/folders.ts';

const mode = (path: string) => (statSync(path).mode & 0o777).toString(8);
const modes = (folder: string) => Object.fromEntries(readdirSync(folder).map((name) => [name, mode(join(folder, name))]));

describe('a data folder', () => {
  it('that was open to all is closed at the start, its files too, and so are those that come later', async () => {
    const data = join(temporaryFolder(), 'data');
    mkdirSync(data);
    const before = process.umask(0o022);
    try {
      const first = await startService({ data });
      await first.running.service.store.series.append(batchOf(gpu('a'), [Date.now() / 1000], { 'gpu.power': [1] }));
      const open = modes(data);
      expect([mode(data), Object.entries(open).filter(([, one]) => one !== '600')]).toEqual(['700', []]);
      expect(Object.keys(open)).toEqual(
        expect.arrayContaining(['headroom.db', 'headroom.db-wal', 'headroom.sock', 'lock.db', 'lock.txt', 'series.db', 'series.db-shm', 'series.db-wal']),
      );
      await first.stop();
      chmodSync(data, 0o755);
      for (const name of readdirSync(data)) chmodSync(join(data, name), 0o644);
      const second = await startService({ data });
      expect([mode(data), Object.entries(modes(data)).filter(([, one]) => one !== '600')]).toEqual(['700', []]);
      await second.stop();
    } finally {
      process.umask(before);
    }
  });

  it('keeps the modes of what is not ours: somebody may name a folder by mistake', () => {
    const data = temporaryFolder();
    writeFileSync(join(data, 'thesis.tex'), '');
    chmodSync(join(data, 'thesis.tex'), 0o644);
    prepareFolder(data, null);
    expect(mode(join(data, 'thesis.tex'))).toBe('644');
  });

  it('whose files cannot be closed to others is refused, with the path and the remedy', () => {
    const [data, elsewhere] = [temporaryFolder(), join(temporaryFolder(), 'series.db')];
    writeFileSync(elsewhere, '');
    symlinkSync(elsewhere, join(data, 'series.db'));
    expect(() => prepareFolder(data, null)).toThrow(/series\.db is open to other accounts .*symbolic link.*chown.*HEADROOM_DATA/);
  });
});
