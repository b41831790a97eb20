import fc from 'fast-check';

/** One thing that reads strangers' input: what it is given, and what has to hold. A row per target. */
export interface Target {
  readonly name: string;
  /** Runs some inputs for so many milliseconds; `count` is called for each. Rejects with fast-check's report where one fails. */
  run(budget: Budget): Promise<void>;
}

interface Budget {
  readonly seed: number;
  /** Milliseconds. */
  readonly time: number;
  count(): void;
}

export interface Fuzzed {
  readonly name: string;
  readonly inputs: number;
  /** The smallest input that fails, with the seed; null where none did. */
  readonly failure: string | null;
}

/** A target of an arbitrary and a property that throws where it does not hold. */
export function target<T>(name: string, arbitrary: fc.Arbitrary<T>, property: (input: T) => void | Promise<void>): Target {
  return {
    name,
    async run({ seed, time, count }) {
      const checked = fc.asyncProperty(arbitrary, async (input) => {
        count();
        await property(input);
      });
      await fc.assert(checked, { seed, numRuns: Number.MAX_SAFE_INTEGER, interruptAfterTimeLimit: time, markInterruptAsFailure: false });
    },
  };
}

/** Runs targets one after another, each for its part of the seconds. */
export async function fuzz(targets: readonly Target[], { seconds, seed }: { seconds: number; seed: number }): Promise<Fuzzed[]> {
  const results: Fuzzed[] = [];
  for (const one of targets) {
    let inputs = 0;
    let failure: string | null = null;
    try {
      await one.run({ seed, time: (seconds * 1000) / targets.length, count: () => (inputs += 1) });
    } catch (error) {
      failure = error instanceof Error ? error.message : String(error);
    }
    results.push({ name: one.name, inputs, failure });
  }
  return results;
}
