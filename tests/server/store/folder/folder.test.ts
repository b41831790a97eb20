// Past the door of server/store/folder: locks and mounts are met that no store would open on.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { lockFolder } from '../../../../server/store/folder/lock.ts';
import { mountType } from '../../../../server/store/folder/mounts.ts';
import { prepareFolder } from '../../../../server/store/folder/prepare.ts';
import { temporaryFolder } from '../../../support/folders.ts';

const mounts = [
  '22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw',
  '40 22 0:45 / /home rw,nosuid - nfs4 server:/export/home rw,vers=4.2',
  '41 22 0:46 / /mnt/my\\040disk rw - xfs /dev/sdb1 rw',
  '42 22 0:47 / /cephyr rw - wekafs cephyr rw',
  '43 40 8:3 / /home/local rw - ext4 /dev/sda3 rw',
].join('\n');

describe('the file system of a folder', () => {
  it.each([
    ['/var/lib/headroom', 'ext4'],
    ['/home/anna/headroom', 'nfs4'],
    ['/home', 'nfs4'],
    ['/homes', 'ext4'],
    ['/home/local/x', 'ext4'],
    ['/mnt/my disk/x', 'xfs'],
    ['/cephyr/users/anna', 'wekafs'],
  ])('%s is on %s', (path, type) => {
    expect(mountType(mounts, path)).toBe(type);
  });

  it('over a network it is refused, with what to do instead', () => {
    const folder = temporaryFolder();
    const network = `1 0 0:45 / ${folder} rw - nfs4 server:/export rw`;
    expect(() => prepareFolder(join(folder, 'data'), network)).toThrow(/network file system \(nfs4\).*Give a folder on a local disk with HEADROOM_DATA/);
  });

  it('a new data folder is for its owner alone', () => {
    const folder = prepareFolder(join(temporaryFolder(), 'a', 'b'));
    expect(statSync(folder).mode & 0o777).toBe(0o700);
  });
});

describe('the lock on a folder', () => {
  it('keeps a second one out, names the first, and is free after it', async () => {
    const folder = temporaryFolder();
    const first = await lockFolder(folder);
    await expect(lockFolder(folder)).rejects.toMatchObject({ code: 'locked', message: expect.stringContaining(`process ${process.pid}`) as string });
    await first.release();
    await (await lockFolder(folder)).release();
  });

  it('goes with its process, even a killed one', async () => {
    const folder = temporaryFolder();
    const program = `import { lockFolder } from ${JSON.stringify(new URL('../../../../server/store/folder/lock.ts', import.meta.url).href)};
      await lockFolder(${JSON.stringify(folder)}); console.log('locked'); setInterval(() => {}, 1000);`;
    const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '--eval', program], { stdio: ['ignore', 'pipe', 'inherit'] });
    await once(child.stdout, 'data');
    await expect(lockFolder(folder)).rejects.toMatchObject({ code: 'locked' });
    child.kill('SIGKILL');
    await once(child, 'exit');
    await (await lockFolder(folder)).release();
  });
});
