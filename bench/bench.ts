/** One line of the benchmark's table. */
export interface Figure {
  readonly what: string;
  readonly value: number;
  readonly unit: string;
  /** The same quantity of another program, measured in the same run; `ratio`: how many times worse ours is. */
  readonly peer?: { readonly name: string; readonly value: number; readonly ratio: number };
  /** What it has to be, in words, where there is a budget. */
  readonly budget?: string;
  /** False where the budget is missed; left out where there is none. */
  readonly holds?: boolean;
}

/** How a benchmark is to be run. */
export interface BenchOptions {
  /** Less of everything: figures for whoever changes something, not for a record. */
  readonly quick: boolean;
  /** The folder for CPU profiles of servers that a benchmark starts; null for none. */
  readonly profile: string | null;
}

/** A benchmark: a file of its own in bench/ and a row in bench/run.ts. */
export interface Bench {
  readonly name: string;
  readonly run: (options: BenchOptions) => Promise<Figure[]>;
}

/** The value below which a share of the sorted samples lies. */
export function quantile(samples: readonly number[], share: number): number {
  const sorted = [...samples].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}
