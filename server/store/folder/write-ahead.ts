import { existsSync } from 'node:fs';
import { basename } from 'node:path';

/**
 * What to tell where a database was left open by a process that is gone, and its write-ahead file, which then lies beside it, does not:
 * SQLite opens what is left without a word. Null where nothing is missing. To be asked before the file is opened.
 */
export function lostWriteAhead(file: string, abandoned: boolean): string | null {
  if (!abandoned || !existsSync(file) || existsSync(`${file}-wal`)) return null;
  const name = basename(file);
  return `${name}-wal is gone, and ${name} was not closed before: what was written last, up to some thousand batches, is lost, acknowledged or not. All before is whole. Put the file back from where it went while the service is stopped, or send again what was recorded of that time.`;
}
