import { type Bottleneck, BOTTLENECK_LABELS, type TimeTree } from '../../core/contract/index.ts';
import { isBottleneck } from './mix.ts';

/** A piece of the time tree's bar: they sum to one. `explained` says whether a cause is known. */
export interface TreePart {
  readonly key: string;
  readonly label: string;
  readonly share: number;
  readonly colour: Bottleneck;
}

/**
 * The time tree as pieces of one bar: the largest busy share, what of the busy time no resource explains, then empty time by cause.
 * The other busy shares lie inside the largest (they overlap) and are no pieces of their own. Empty where busy time is not known.
 */
export function treeParts(tree: TimeTree): TreePart[] {
  if (tree.unexplained === null) return [];
  const [largest] = Object.entries(tree.busy).sort(([, a], [, b]) => b - a);
  const parts: TreePart[] = [];
  if (largest !== undefined) parts.push({ key: `busy-${largest[0]}`, label: `busy, ${labelOf(largest[0])}`, share: largest[1], colour: colourOf(largest[0]) });
  parts.push({ key: 'unexplained', label: 'busy, not explained', share: tree.unexplained, colour: 'overhead' });
  for (const [cause, share] of Object.entries(tree.empty))
    parts.push({
      key: `empty-${cause}`,
      label: cause === 'idle' ? 'idle' : `empty, ${labelOf(cause)}`,
      share,
      colour: cause === 'unknown' ? 'unknown' : cause === 'idle' ? 'idle' : colourOf(cause),
    });
  return parts.filter((part) => part.share > 0.0005);
}

function labelOf(key: string): string {
  return isBottleneck(key) ? (key === 'unknown' ? 'cause not known' : BOTTLENECK_LABELS[key]) : key;
}

function colourOf(key: string): Bottleneck {
  return isBottleneck(key) ? key : key === 'nvlink' ? 'network' : key === 'tensor' || key === 'fp32' || key === 'fp64' ? 'compute' : 'unknown';
}
