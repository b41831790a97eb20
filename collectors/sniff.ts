import { TEXT_BOUNDS } from './bounds/index.ts';
import type { Collector } from './collector/index.ts';
import { collectors } from './registry.ts';

/** How much of a text's start `sniff` looks at. */
export const HEAD = TEXT_BOUNDS.head;

export interface Sniffed {
  readonly collector: Collector;
  /** 0.5–1. */
  readonly confidence: number;
}

/** The collector that knows a text by its first 64 KiB, or null where none says "mine" (above 0.5). `file` is a name, a hint only. */
export function sniff(head: string, file?: string, among: readonly Collector[] = collectors): Sniffed | null {
  const start = headOf(head);
  let best: Sniffed | null = null;
  for (const collector of among) {
    const confidence = collector.sniff(start, file);
    if (confidence > 0.5 && (best === null || confidence > best.confidence)) best = { collector, confidence };
  }
  return best;
}

/**
 * The readers of a source: the one that knows its format; where that one finds its lines inside other text (a job's log),
 * every such collector, since a log may hold a trainer's lines, an engine's and tables of nvidia-smi, also beyond the head.
 */
export function recognise(head: string, file?: string): readonly Collector[] {
  const best = sniff(head, file);
  if (best === null) return [];
  return best.collector.embedded === true ? collectors.filter((collector) => collector.embedded === true) : [best.collector];
}

/** What collectors are shown of a text: its first 64 KiB without a byte order mark, lines ended by LF. */
function headOf(text: string): string {
  return (text.charCodeAt(0) === 0xfeff ? text.slice(1) : text).slice(0, HEAD).replaceAll('\r\n', '\n');
}
