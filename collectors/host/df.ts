import { parseDecimal } from '../text/numbers.ts';

/** `df -Pk PATH`: bytes of the file system; null where the text is something else. Read from the end, since a device's name may hold blanks. */
export function parseDf(lines: readonly string[]): { total: number; used: number } | null {
  for (const line of lines) {
    const match = /\s(\d+)\s+(\d+)\s+(\d+)\s+\d+%\s+\//.exec(line);
    const total = parseDecimal(match?.[1] ?? '');
    const used = parseDecimal(match?.[2] ?? '');
    if (total !== null && used !== null) return { total: total * 1024, used: used * 1024 };
  }
  return null;
}
