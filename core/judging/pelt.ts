/** Segmentation of several series at once by Pruned Exact Linear Time (Killick, Fearnhead, Eckley 2012), with L2 cost. */

export interface PeltInput {
  /** Features of equal length, no NaN, each divided by its noise scale. */
  readonly features: readonly Float64Array[];
  /** Shortest segment, in samples. */
  readonly shortest: number;
  /** Edges are sought at multiples of this many samples and then placed exactly. */
  readonly stride: number;
}

/** Inner edges, ascending: each is the first index of a new segment. Cost 2·d·ln n per edge (σ² = 1 after scaling). */
export function pelt({ features, shortest, stride }: PeltInput): number[] {
  const n = features[0]?.length ?? 0;
  const d = features.length;
  if (d === 0 || n < 2 * shortest) return [];
  const cost = costOf(features);
  const penalty = 2 * d * Math.log(n);
  if (!worthwhile(cost, n, shortest, stride, penalty)) return [];
  const marks = Math.floor(n / stride);
  const step = Math.max(1, Math.ceil(shortest / stride));
  const best = new Float64Array(marks + 1).fill(Number.POSITIVE_INFINITY);
  const from = new Int32Array(marks + 1).fill(-1);
  const open = new Int32Array(marks + 1);
  const totals = new Float64Array(marks + 1);
  let opened = 1;
  best[0] = -penalty;
  for (let end = step; end <= marks; end += 1) {
    if (end - step >= step) {
      open[opened] = end - step;
      opened += 1;
    }
    const stop = end === marks ? n : end * stride;
    let low = Number.POSITIVE_INFINITY;
    let arg = 0;
    for (let k = 0; k < opened; k += 1) {
      const start = open[k] ?? 0;
      const total = (best[start] ?? Number.POSITIVE_INFINITY) + cost(start * stride, stop);
      totals[k] = total;
      if (total + penalty < low) {
        low = total + penalty;
        arg = start;
      }
    }
    best[end] = low;
    from[end] = arg;
    // A start that is worse than the best whole way can never become the best again.
    let kept = 0;
    for (let k = 0; k < opened; k += 1) {
      if (!((totals[k] ?? Number.POSITIVE_INFINITY) <= low)) continue;
      open[kept] = open[k] ?? 0;
      kept += 1;
    }
    opened = kept;
  }
  const edges: number[] = [];
  for (let mark = from[marks] ?? 0; mark > 0; mark = from[mark] ?? 0) edges.push(mark * stride);
  edges.reverse();
  return placed(edges, n, stride, cost);
}

/**
 * Whether any segmentation could pay for its edges. A lone edge must gain a penalty over the whole; a bump of length L pays for
 * two edges only if L·δ² ≥ 2 penalties, and then the means of w ≤ L samples on both sides of its edge, w the power of two
 * between L/2 and L, differ by a gain of w·δ²/2 ≥ penalty/2. Most of a steady run ends here, in O(n log n).
 */
function worthwhile(cost: Cost, n: number, shortest: number, stride: number, penalty: number): boolean {
  const whole = cost(0, n);
  for (let k = shortest; k <= n - shortest; k += stride) if (whole - cost(0, k) - cost(k, n) >= penalty) return true;
  for (let w = shortest; 2 * w <= n; w *= 2) {
    for (let k = w; k <= n - w; k += stride) if (2 * (cost(k - w, k + w) - cost(k - w, k) - cost(k, k + w)) >= penalty) return true;
  }
  return false;
}

type Cost = (from: number, to: number) => number;

/** Moves each edge within its stride to where the cost is least. */
function placed(edges: readonly number[], n: number, stride: number, cost: Cost): number[] {
  return edges.map((edge, k) => {
    const left = edges[k - 1] ?? 0;
    const right = edges[k + 1] ?? n;
    let bestEdge = edge;
    let low = Number.POSITIVE_INFINITY;
    for (let candidate = Math.max(left + 1, edge - stride); candidate <= Math.min(right - 1, edge + stride); candidate += 1) {
      const total = cost(left, candidate) + cost(candidate, right);
      if (total < low) {
        low = total;
        bestEdge = candidate;
      }
    }
    return bestEdge;
  });
}

/** Sum over features of squared distance from the segment's mean, by prefix sums. */
function costOf(features: readonly Float64Array[]): Cost {
  const n = features[0]?.length ?? 0;
  const d = features.length;
  // Prefix sums interleaved by feature: one cache line holds what one cost needs.
  const sums = new Float64Array((n + 1) * d);
  const squares = new Float64Array(n + 1);
  for (let i = 0; i < n; i += 1) {
    let square = squares[i] ?? 0;
    for (let f = 0; f < d; f += 1) {
      const value = features[f]?.[i] ?? 0;
      square += value * value;
      sums[(i + 1) * d + f] = (sums[i * d + f] ?? 0) + value;
    }
    squares[i + 1] = square;
  }
  return (from, to) => {
    let explained = 0;
    const a = from * d;
    const b = to * d;
    for (let f = 0; f < d; f += 1) {
      const sum = (sums[b + f] ?? 0) - (sums[a + f] ?? 0);
      explained += sum * sum;
    }
    return (squares[to] ?? 0) - (squares[from] ?? 0) - explained / (to - from);
  };
}

/**
 * The noise of a series: the median over blocks of the given length of the standard deviation within a block, at least
 * `floor`. A periodic stall shorter than a block is noise by this measure and is not cut into segments; a step between two
 * phases touches one block and does not count. (Differences of neighbours, or one MAD over all, cut a stalled loader into many phases.)
 */
export function noiseScale(series: Float64Array, block: number, floor: number): number {
  const deviations: number[] = [];
  for (let start = 0; start + block <= series.length; start += block) {
    let sum = 0;
    let squares = 0;
    for (let i = start; i < start + block; i += 1) {
      const value = series[i] ?? 0;
      sum += value;
      squares += value * value;
    }
    deviations.push(Math.max(0, (squares - (sum * sum) / block) / (block - 1)));
  }
  deviations.sort((a, b) => a - b);
  const median = deviations[deviations.length >> 1];
  return median === undefined ? floor : Math.max(floor, Math.sqrt(median / medianOfVariance(block - 1)));
}

/** The median of a variance estimated with k degrees of freedom, in units of its mean (Wilson and Hilferty): 0.93 for blocks of ten. */
function medianOfVariance(k: number): number {
  return (1 - 2 / (9 * k)) ** 3;
}
