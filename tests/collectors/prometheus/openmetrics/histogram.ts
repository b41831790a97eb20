import { groupOf, type Family } from './family.ts';
import { number, type StrictSample } from './line.ts';

/** Buckets, sum and count of one histogram at one time. */
interface Tally {
  bound: number;
  last: number;
  count: number | null;
  sum: boolean;
  negativeSum: boolean;
  negativeBounds: boolean;
}

/** What is wrong with the histograms of a family: order and growth of buckets, +Inf, count against it, sums where there may be none. */
export function checkHistogram(family: Family): string | null {
  let key = '';
  let tally: Tally | null = null;
  for (const sample of family.samples) {
    const now = `${groupOf(family, sample)} ${sample.time ?? ''}`;
    if (tally === null || now !== key) {
      const fault = tally === null ? null : tallyFault(tally, family);
      if (fault !== null) return fault;
      tally = { bound: Number.NEGATIVE_INFINITY, last: 0, count: null, sum: false, negativeSum: false, negativeBounds: false };
      key = now;
    }
    const fault = count(tally, sample, sample.name.slice(family.name.length));
    if (fault !== null) return fault;
  }
  return tally === null ? null : tallyFault(tally, family);
}

function count(tally: Tally, sample: StrictSample, suffix: string): string | null {
  switch (suffix) {
    case '_bucket': {
      const bound = number(sample.labels.get('le') ?? '') ?? Number.NaN;
      if (!(bound > tally.bound)) return 'the bounds of buckets grow';
      if (sample.value < tally.last) return 'the counts of buckets do not fall';
      if (bound < 0) tally.negativeBounds = true;
      tally.bound = bound;
      tally.last = sample.value;
      return null;
    }
    case '_count':
    case '_gcount':
      tally.count = sample.value;
      return null;
    case '_sum':
    case '_gsum':
      tally.sum = true;
      if (sample.value < 0) tally.negativeSum = true;
      return null;
    default:
      return null;
  }
}

function tallyFault(tally: Tally, family: Family): string | null {
  if (tally.bound !== Number.POSITIVE_INFINITY) return 'the bucket +Inf is missing';
  if (tally.count !== null && tally.count !== tally.last) return 'the count is not that of the bucket +Inf';
  if (tally.sum !== (tally.count !== null)) return 'sum and count stand together';
  if (tally.sum && tally.negativeBounds && family.type === 'histogram') return 'a histogram with a bound below 0 has no sum';
  return tally.negativeSum && !tally.negativeBounds ? 'a sum below 0 without a bound below 0' : null;
}
