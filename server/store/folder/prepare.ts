import { accessSync, constants, mkdirSync, readFileSync, realpathSync } from 'node:fs';
import { StoreError } from '../interface/index.ts';
import { closeToOthers } from './modes.ts';
import { isNetworkType, mountType } from './mounts.ts';

/** Makes the folder where it is missing, for this user only, and refuses one that cannot hold a database. Gives its real path. */
export function prepareFolder(folder: string, mountinfo = readMounts()): string {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    accessSync(folder, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new StoreError('folder', `The data folder ${folder} cannot be used: ${reason}. Give another with HEADROOM_DATA.`, { cause: error });
  }
  const real = realpathSync(folder);
  const type = mountinfo === null ? null : mountType(mountinfo, real);
  if (type !== null && isNetworkType(type)) {
    throw new StoreError(
      'folder',
      `The data folder ${folder} is on a network file system (${type}), where a database is damaged sooner or later. Give a folder on a local disk with HEADROOM_DATA (a node's scratch disk will do; back it up from there).`,
    );
  }
  closeToOthers(real);
  return real;
}

/** Null where the system has no such list (macOS): then nothing is refused. */
function readMounts(): string | null {
  try {
    return readFileSync('/proc/self/mountinfo', 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
}
