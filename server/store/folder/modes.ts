import { chmodSync, closeSync, existsSync, lstatSync, openSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { StoreError } from '../interface/index.ts';

/** What the service writes into its folder. Nothing else there is touched: a folder may be named by mistake. */
const OURS = /^(series|headroom|lock)\.db(-wal|-shm|-journal|\.damaged-.*|\.repairing.*)?$|^lock\.txt$|^headroom\.sock$/;
/** Made before SQLite makes them with whatever the umask leaves; its own files beside them take their modes. */
const DATABASES = ['lock.db', 'series.db', 'headroom.db'];

/**
 * Makes a data folder this account's alone, 0700, and every file of ours in it 0600: whatever they were before, and those that are
 * still to come. Throws StoreError `folder` where that cannot be.
 */
export function closeToOthers(folder: string): void {
  if (process.platform === 'win32') return;
  setMode(folder, 0o700);
  // Only where there is none: to open and close a file that SQLite has open here would give its locks away.
  for (const name of DATABASES) if (!existsSync(join(folder, name))) closeSync(openSync(join(folder, name), 'a', 0o600));
  closeFiles(folder);
}

/** Makes every file of ours that is there this account's alone, 0600. Throws as above. */
export function closeFiles(folder: string): void {
  if (process.platform === 'win32') return;
  for (const name of readdirSync(folder)) if (OURS.test(name)) setMode(join(folder, name), 0o600);
}

function setMode(path: string, mode: number): void {
  let why = 'the file system keeps no modes';
  try {
    const before = lstatSync(path);
    // What a link leads to is not in this folder.
    if (before.isSymbolicLink()) throw new Error('it is a symbolic link');
    if ((before.mode & 0o777) === mode) return;
    chmodSync(path, mode);
    if ((lstatSync(path).mode & 0o777) === mode) return;
  } catch (error) {
    why = error instanceof Error ? error.message : String(error);
  }
  throw new StoreError(
    'folder',
    `${path} is open to other accounts of this machine and cannot be closed to them (mode ${mode.toString(8)}): ${why}. It holds everybody's jobs and the tokens' hashes. Make it belong to the account that runs the service (chown), or give another folder with HEADROOM_DATA.`,
  );
}
