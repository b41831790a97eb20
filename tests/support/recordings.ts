import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'vitest';

const home = process.env['HEADROOM_RECORDINGS'];

/** The path of a folder or file of the recordings, or undefined when it is not on this machine. */
export function recordingPath(relative: string): string | undefined {
  if (home === undefined || home === '') return undefined;
  const path = join(home, relative);
  return existsSync(path) ? path : undefined;
}

/** The files below a folder of the recordings, as sorted paths; empty when the folder is not there. */
export function recordingFiles(relative: string, pattern = /./): string[] {
  const folder = recordingPath(relative);
  if (folder === undefined) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && pattern.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

/**
 * A group of tests over recorded tool output. Without the recordings the group is skipped, and its name says so;
 * `count` is how many tests of the group that leaves out, where it is known beforehand.
 */
export function describeRecordings(name: string, folder: string, tests: (path: string) => void, count?: number): void {
  const path = recordingPath(folder);
  if (path !== undefined) {
    describe(name, () => {
      tests(path);
    });
    return;
  }
  const many = count === undefined ? 'the group' : `${count} tests`;
  console.log(`skipped: ${name} (${many}): no ${folder} under HEADROOM_RECORDINGS${home === undefined ? ', which is not set' : ''}`);
  describe.skip(`${name} [skipped: needs the recordings’ ${folder}, set HEADROOM_RECORDINGS]`, () => {
    // The group's own code is not run: it would list folders that are not there.
    it.skip(many, () => undefined);
  });
}
