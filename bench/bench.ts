/** One line of the benchmark's table. */
export interface Figure {
  readonly what: string;
  readonly value: number;
  readonly unit: string;
  /** What it has to be, in words, where there is a budget. */
  readonly budget?: string;
  /** False where the budget is missed; left out where there is none. */
  readonly holds?: boolean;
}

/** A benchmark: a file of its own in bench/ and a row in bench/run.ts. */
export interface Bench {
  readonly name: string;
  readonly run: () => Promise<Figure[]>;
}

/** The value below which a share of the sorted samples lies. */
export function quantile(samples: readonly number[], share: number): number {
  const sorted = [...samples].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}
