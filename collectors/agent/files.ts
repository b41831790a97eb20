import { closeSync, openSync, readdirSync, readSync } from 'node:fs';

const buffer = Buffer.allocUnsafe(4 * 1024 * 1024);
/** What is asked for at a time: /proc/sys refuses requests of megabytes. */
const PIECE = 64 * 1024;

/**
 * A file under /proc or /sys as text; null where it cannot be read (gone, not allowed, no such kernel feature). Read at once, into one
 * buffer that is kept: the promise-based reads cost ten times the CPU, and these files never wait for a disk. At most `most` bytes of it.
 */
export function readKernelFile(path: string, most = buffer.length): string | null {
  let handle: number;
  try {
    handle = openSync(path, 'r');
  } catch {
    return null; // absent, and that is all there is to say of it
  }
  try {
    let size = 0;
    // The kernel may hand out a page at a time.
    for (let more = 1; more > 0 && size < most; size += more) more = readSync(handle, buffer, size, Math.min(PIECE, most - size), null);
    return buffer.toString('utf8', 0, size);
  } catch {
    return null; // EINVAL of a link's speed, ESRCH of a process that just ended
  } finally {
    closeSync(handle);
  }
}

/** The names in a folder; none where it cannot be read. */
export function readFolder(path: string): string[] {
  try {
    return readdirSync(path);
  } catch {
    return []; // absent
  }
}
