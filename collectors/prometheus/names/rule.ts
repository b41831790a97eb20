import type { FactName, MetricId } from '../../../core/readings/index.ts';

/** The labels of one series. */
export type Labels = ReadonlyMap<string, string>;

/**
 * How several series of one entity at one instant become one value:
 * - max: the largest (also right where an exporter prints one thing twice, once per pod);
 * - sum, mean: over the series;
 * - count: how many series there are (cores);
 * - parts: the sum of differently signed parts, only where every part is there (used = total − available);
 * - busiest, core, port: see watch.ts.
 */
type Fold = 'max' | 'sum' | 'mean' | 'count' | 'parts' | 'busiest' | 'core' | 'port';

/** One way from a series to one of our metrics. Every row is data: adding a name is adding a row. */
export interface Rule {
  readonly to: MetricId;
  /** To SI: the value is multiplied by `mul` or divided by `div` (÷ 100 is exact where × 0.01 is not). */
  readonly mul?: number;
  readonly div?: number;
  /** Label values that this row wants; a series with another value (or without the label) is not meant. */
  readonly only?: Readonly<Record<string, readonly string[]>>;
  /** Label values that this row leaves out: loop devices, virtual interfaces. */
  readonly skip?: Readonly<Record<string, RegExp>>;
  /** Default `max`. */
  readonly fold?: Fold;
  /** For `parts`: which part this is, and all that must be there; for `port`: `rate` or `state`. */
  readonly part?: string;
  readonly parts?: readonly string[];
  /** For `busiest`, `core` and `port`: the labels that name the device, the core and its mode, the port. */
  readonly by?: readonly string[];
  /** Of several sources of one metric the highest rank wins. Default 0. */
  readonly rank?: number;
  /** A bit of a mask: 1 where it is set, 0 where not. */
  readonly bit?: number;
  /** Left out where this metric is there at the same instant: it says the same, better. */
  readonly unless?: MetricId;
  /** Values below this mean "not available" (vLLM V0's hit rate prints −1). */
  readonly min?: number;
}

/** A series that carries its statements in labels (`…_info{num_gpu_blocks="4096"} 1`). */
interface InfoRule {
  readonly facts: Readonly<Record<string, FactName>>;
  /** A metric as the product of numeric labels: blocks × block size. */
  readonly product?: { readonly to: MetricId; readonly of: readonly string[] };
  /** The label that names the host: other series of this endpoint belong to it. */
  readonly host?: string;
}

/** What kind of thing an exporter's series belong to, and by which labels it is known. */
export type Owner =
  | { readonly kind: 'gpu'; readonly uuid: string; readonly index?: string; readonly slice?: string; readonly host?: string }
  | { readonly kind: 'host'; readonly host?: string }
  | { readonly kind: 'engine'; readonly engine: string }
  | { readonly kind: 'process'; readonly pid: string };

/** Everything about one exporter's names. */
export interface NameTable {
  readonly exporter: string;
  readonly owner: Owner;
  readonly rules: Readonly<Record<string, readonly Rule[]>>;
  /** Facts that stand in labels of any of its series. */
  readonly facts?: Readonly<Record<string, FactName>>;
  readonly info?: Readonly<Record<string, InfoRule>>;
  /** True for a value that means "blank" in this exporter. */
  readonly blank?: (value: number) => boolean;
}

/** A row that adds its series up: counts, counters, bytes per device. */
export function sum(to: MetricId, more: Partial<Rule> = {}): Rule {
  return { to, fold: 'sum', ...more };
}

/** A row that takes the value as it is (the largest where it is printed twice). */
export function one(to: MetricId, more: Partial<Rule> = {}): Rule {
  return { to, ...more };
}
