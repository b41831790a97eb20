import { type Bottleneck, BOTTLENECK_LABELS, type Verdict } from '../../core/contract/index.ts';
import { isBottleneck } from './mix.ts';

/** A piece of the time tree's bar: they sum to one. `explained` says whether a cause is known. */
export interface TreePart {
  readonly key: string;
  readonly label: string;
  readonly share: number;
  /** The least that it can be, where that is known to be less. */
  readonly low: number | null;
  readonly colour: Bottleneck;
}

/**
 * The time tree as pieces of one bar: the largest busy share, what of the busy time no resource explains, then empty time by cause.
 * The other busy shares lie inside the largest (they overlap) and are no pieces of their own. Time of which the tree knows no cause
 * is the verdict's, as far as the share of its resource reaches: nothing is unexplained beside a verdict that explains it.
 * Empty where busy time is not known.
 */
export function treeParts({ tree, bottleneck, shares, modifiers }: Pick<Verdict, 'tree' | 'bottleneck' | 'shares' | 'modifiers'>): TreePart[] {
  if (tree.unexplained === null) return [];
  const [largest] = Object.entries(tree.busy).sort(([, a], [, b]) => b - a);
  const parts: TreePart[] = [];
  if (largest !== undefined) parts.push(part(`busy-${largest[0]}`, `busy, ${labelOf(largest[0])}`, largest[1], colourOf(largest[0])));
  const { unexplained, empty } = causedBy(bottleneck, shares, { unexplained: tree.unexplained, empty: tree.empty['unknown'] ?? null });
  if (unexplained > 0) parts.push(part('busy-cause', `busy, waits for ${labelOf(bottleneck)}`, unexplained, bottleneck));
  const low = tree.unexplainedAtLeast === null ? null : Math.max(0, tree.unexplainedAtLeast - unexplained);
  const rest = tree.unexplained - unexplained;
  parts.push({
    ...part('unexplained', modifiers.includes('no progress') ? 'busy, kernels that do nothing' : 'busy, not explained', rest, 'overhead'),
    low: low !== null && rest - low > 0.005 ? low : null,
  });
  if (empty > 0) parts.push(part('empty-cause', `empty, ${labelOf(bottleneck)}`, empty, bottleneck));
  for (const [cause, share] of Object.entries(tree.empty)) {
    const left = cause === 'unknown' ? share - empty : share;
    parts.push(
      part(
        `empty-${cause}`,
        cause === 'idle' ? 'idle' : `empty, ${labelOf(cause)}`,
        left,
        cause === 'unknown' ? 'unknown' : cause === 'idle' ? 'idle' : colourOf(cause),
      ),
    );
  }
  return parts.filter(({ share }) => share > 0.0005);
}

function part(key: string, label: string, share: number, colour: Bottleneck): TreePart {
  return { key, label, share, low: null, colour };
}

/** Resources outside the GPU, for which it waits, and where their time shows first: exchanges wait in a kernel, the others with none. */
const WAITED_FOR: readonly Bottleneck[] = ['network', 'transfer', 'storage', 'host'];

/** How much of the unexplained busy time and of the empty time without a cause the verdict's resource explains. */
function causedBy(
  bottleneck: Bottleneck,
  shares: Verdict['shares'],
  time: { unexplained: number; empty: number | null },
): { unexplained: number; empty: number } {
  const share = WAITED_FOR.includes(bottleneck) ? waitShare(bottleneck, shares) : null;
  if (share === null) return { unexplained: 0, empty: 0 };
  const starved = time.empty ?? 0; // no empty time without a cause
  if (bottleneck === 'network') {
    const unexplained = Math.min(time.unexplained, share);
    return { unexplained, empty: Math.min(starved, share - unexplained) };
  }
  const empty = Math.min(starved, share);
  return { unexplained: Math.min(time.unexplained, share - empty), empty };
}

function waitShare(bottleneck: Bottleneck, shares: Verdict['shares']): number | null {
  if (bottleneck === 'network') return shares.network ?? shares.nvlink;
  return bottleneck === 'transfer' ? shares.transfer : bottleneck === 'storage' ? shares.storage : bottleneck === 'host' ? shares.host : null;
}

function labelOf(key: string): string {
  return isBottleneck(key) ? (key === 'unknown' ? 'cause not known' : BOTTLENECK_LABELS[key]) : key;
}

function colourOf(key: string): Bottleneck {
  return isBottleneck(key) ? key : key === 'nvlink' ? 'network' : key === 'tensor' || key === 'fp32' || key === 'fp64' ? 'compute' : 'unknown';
}
