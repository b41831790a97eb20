import { checkHistogram } from './histogram.ts';
import { number, type StrictSample } from './line.ts';

/** The suffixes that the samples of a family of each type may have. */
const SUFFIXES = {
  counter: ['_total', '_created'],
  gauge: [''],
  histogram: ['_count', '_sum', '_bucket', '_created'],
  gaugehistogram: ['_gcount', '_gsum', '_bucket'],
  summary: ['_count', '_sum', '', '_created'],
  info: ['_info'],
  stateset: [''],
  unknown: [''],
} as const satisfies Readonly<Record<string, readonly string[]>>;

export type FamilyType = keyof typeof SUFFIXES;

/** True for a type of OpenMetrics 1.0 (`untyped` is one of the Prometheus format only). */
export function isFamilyType(text: string): text is FamilyType {
  return Object.hasOwn(SUFFIXES, text);
}

/** One family of metrics while its lines come in. */
export interface Family {
  readonly name: string;
  type: FamilyType | null;
  unit: string | null;
  help: boolean;
  readonly samples: StrictSample[];
  readonly seenGroups: Set<string>;
  group: string | null;
}

export function openFamily(name: string): Family {
  return { name, type: null, unit: null, help: false, samples: [], seenGroups: new Set(), group: null };
}

/** The suffix by which a sample belongs to the family, or null where it does not. */
export function suffixIn(family: Family, name: string): string | null {
  if (!name.startsWith(family.name)) return null;
  const suffix = name.slice(family.name.length);
  const allowed: readonly string[] = SUFFIXES[family.type ?? 'unknown'];
  return allowed.includes(suffix) ? suffix : null;
}

/** Every name that the family takes for itself. */
export function namesOf(family: Family): string[] {
  return [...new Set(['', ...SUFFIXES[family.type ?? 'unknown']])].map((suffix) => family.name + suffix);
}

/** Adds a sample that belongs to the family; says what is wrong with it. */
export function addSample(family: Family, sample: StrictSample, suffix: string): string | null {
  const fault = sampleFault(family, sample, suffix) ?? orderFault(family, sample);
  family.samples.push(sample);
  return fault;
}

/** What is wrong with the family as a whole, once all of it was read. */
export function familyFault(family: Family): string | null {
  const type = family.type ?? 'unknown';
  if (family.unit !== null && family.unit !== '') {
    if (!family.name.endsWith(`_${family.unit}`)) return 'the unit is not the end of the name';
    if (type === 'info' || type === 'stateset') return `a family of type ${type} has no unit`;
  }
  return type === 'histogram' || type === 'gaugehistogram' ? checkHistogram(family) : null;
}

function sampleFault(family: Family, sample: StrictSample, suffix: string): string | null {
  const { labels, value } = sample;
  const type = family.type ?? 'unknown';
  const counts = suffix === '_total' || suffix === '_bucket' || suffix === '_count' || suffix === '_gcount' || suffix === '_sum';
  if (counts && !(value >= 0)) return `${suffix} is a number from 0 up`;
  if (suffix === '_gsum' && Number.isNaN(value)) return '_gsum is a number';
  if (suffix === '_bucket' && !isBound(labels.get('le'))) return 'a bucket has a label le that is a number or +Inf';
  if (type === 'summary' && suffix === '') {
    const quantile = number(labels.get('quantile') ?? '');
    if (quantile === null || !(quantile >= 0 && quantile <= 1)) return 'a quantile is between 0 and 1';
    if (value < 0) return 'the value of a quantile is from 0 up';
  }
  if (type === 'info' && value !== 1) return 'the value of an info is 1';
  if (type === 'stateset' && (!labels.has(family.name) || (value !== 0 && value !== 1)))
    return 'a state has a label with the name of its family, and is 0 or 1';
  const mayHaveExemplar = suffix === '_bucket' || (type === 'counter' && suffix === '_total');
  return sample.exemplar && !mayHaveExemplar ? 'only buckets and the totals of counters have exemplars' : null;
}

function isBound(le: string | undefined): boolean {
  const bound = le === undefined ? null : number(le);
  return bound !== null && !Number.isNaN(bound) && (Number.isFinite(bound) || le === '+Inf' || le === '-Inf');
}

function orderFault(family: Family, sample: StrictSample): string | null {
  const group = groupOf(family, sample);
  const before = family.samples.at(-1);
  if (group !== family.group) {
    if (family.seenGroups.has(group)) return 'the samples of one metric stand together';
    family.seenGroups.add(group);
    family.group = group;
    return null;
  }
  if (before === undefined) return null;
  if ((before.time === null) !== (sample.time === null)) return 'some samples of a metric have a time, some have none';
  return family.type !== 'info' && before.time !== null && sample.time !== null && sample.time < before.time ? 'the time goes back' : null;
}

/** The labels of the metric that a sample belongs to, without those that name its part. */
export function groupOf(family: Family, sample: StrictSample): string {
  const own =
    family.type === 'histogram' || family.type === 'gaugehistogram'
      ? 'le'
      : family.type === 'summary'
        ? 'quantile'
        : family.type === 'stateset'
          ? family.name
          : null;
  return JSON.stringify([...sample.labels].filter(([name]) => name !== own).sort(([a], [b]) => (a < b ? -1 : 1)));
}
