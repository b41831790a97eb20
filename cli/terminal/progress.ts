import type { Analysis } from '../../core/contract/index.ts';
import { formatFigure } from '../../core/readings/index.ts';

/** How the job gets on: its usual pace, and what its trainer prints of a step. Nothing where nothing tells. */
export function progressLines({ progress }: Analysis): string[] {
  if (progress === null) return [];
  const pace = progress.median === null ? [] : [`${formatFigure(progress.median, progress.unit)} (median while it works)`];
  return [...pace, ...(progress.logged ?? [])];
}
