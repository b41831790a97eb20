import type { Figures } from './scene.ts';

export type Found = Figures | { readonly skipped: string };

/** The server may have so much memory resident, bytes. */
export const MOST_MEMORY = 600 * 1024 * 1024;

/** True where nothing acknowledged was lost, doubled or changed, and nothing else is amiss; and for what could not be played. */
export function isGood(found: Found): boolean {
  if ('skipped' in found) return true;
  const { lost, doubled, wrong, faults, memory } = found;
  return lost === 0 && doubled === 0 && wrong === 0 && faults.length === 0 && (memory === null || memory <= MOST_MEMORY);
}

/** All scenes' figures as lines of text, with what is wrong and what else is to be told below. */
export function table(played: readonly { readonly name: string; readonly found: Found }[]): string {
  const head = ['scene', 'kills', 'acknowledged', 'lost', 'doubled', 'wrong', 'restart', 'health', 'memory'];
  const rows = played.map(({ name, found }) =>
    'skipped' in found
      ? [name, `skipped: ${found.skipped}`]
      : [
          name,
          ...[found.kills, found.acknowledged, found.lost, found.doubled, found.wrong].map((count) => count.toLocaleString('en')),
          `${found.restart.toFixed(1)} s`,
          `${Math.round(found.health * 1000)} ms`,
          found.memory === null ? '–' : `${Math.round(found.memory / 1024 / 1024)} MiB`,
        ],
  );
  const full = [head, ...rows.filter((row) => row.length === head.length)];
  const widths = head.map((_, at) => Math.max(...full.map((row) => row[at]?.length ?? 0)));
  const lines = [head, ...rows].map((row) => row.map((cell, at) => (at === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[at] ?? 0))).join('  '));
  const told = played.flatMap(({ name, found }) =>
    'skipped' in found ? [] : [...found.faults.map((text) => `${name}: WRONG: ${text}`), ...found.notes.map((text) => `${name}: ${text}`)],
  );
  return [...lines, ...told].join('\n');
}
