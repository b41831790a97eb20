import type { Analysis } from '../../core/contract/index.ts';
import { formatFigure } from '../../core/readings/index.ts';
import { shortened } from './wrap.ts';

/** How the job gets on: its usual pace, and what its trainer prints of a step. Nothing where nothing tells. */
export function progressLines({ progress }: Analysis): string[] {
  if (progress === null) return [];
  const pace = progress.median === null ? [] : [`${formatFigure(progress.median, progress.unit)} (median while it works)`];
  return [...pace, ...(progress.logged ?? []), ...(progress.assumed ?? []).map((text) => `assumed: ${text}`)];
}

/** Characters of the bar where there is room, and the least that shows anything. */
const BAR_WIDTH = 30;
const LEAST_BAR = 5;
/** ` 100 %  ` beside the bar. */
const PERCENT = 8;

/** How much is read (0–1) and of what, on one line narrower than the terminal: at its full width some terminals wrap. */
export function readingLine(part: number, what: string, columns: number): string {
  const room = columns - 1 - PERCENT;
  const bar = Math.max(LEAST_BAR, Math.min(BAR_WIDTH, Math.floor(room / 2)));
  const filled = Math.round(part * bar);
  return `${'█'.repeat(filled)}${'░'.repeat(bar - filled)} ${Math.round(part * 100)} %  ${shortened(what, room - bar)}`.trimEnd();
}
