import fc from 'fast-check';

/** One thing that reads strangers' input: what it is given, and what has to hold. A row per target. */
export interface Target {
  readonly name: string;
  /** Its part of the time beside the others': 1 where nothing is said. */
  readonly share?: number;
  /** Runs some inputs for so many milliseconds; `count` is called for each. Rejects with fast-check's report where one fails. */
  run(budget: Budget): Promise<void>;
}

interface Budget {
  readonly seed: number;
  /** Milliseconds. */
  readonly time: number;
  /** Inputs at most. */
  readonly most: number;
  count(): void;
}

export interface Fuzzed {
  readonly name: string;
  readonly inputs: number;
  /** The smallest input that fails, with the seed; null where none did. */
  readonly failure: string | null;
}

/** A target of an arbitrary and a property that throws where it does not hold. */
export function target<T>(name: string, arbitrary: fc.Arbitrary<T>, property: (input: T) => void | Promise<void>, share = 1): Target {
  return {
    name,
    share,
    async run({ seed, time, most, count }) {
      let latest: Promise<void> | undefined;
      const checked = fc.asyncProperty(arbitrary, async (input) => {
        count();
        latest = Promise.resolve(property(input));
        await latest;
      });
      const details = await fc.check(checked, { seed, numRuns: most, interruptAfterTimeLimit: time, markInterruptAsFailure: false });
      if (details.counterexample !== null) throw new Error(await fc.asyncDefaultReportMessage(details), { cause: details.errorInstance });
      await latest; // the time was over while it was tried: it has to end, and well
    },
  };
}

export interface Fuzzing {
  readonly seconds: number;
  readonly seed: number;
  /** Inputs of each target at most: with it a fast machine tries what a slow one does, and no more. */
  readonly most?: number;
  readonly last?: Target;
}

/** Runs targets one after another, each for its part of the seconds; `last` after them all, for as long as it takes. */
export async function fuzz(targets: readonly Target[], { seconds, seed, most = Number.MAX_SAFE_INTEGER, last }: Fuzzing): Promise<Fuzzed[]> {
  const results: Fuzzed[] = [];
  const shares = targets.reduce((sum, { share = 1 }) => sum + share, 0);
  for (const one of [...targets, ...(last === undefined ? [] : [last])]) {
    let inputs = 0;
    let failure: string | null = null;
    try {
      await one.run({ seed, time: (seconds * 1000 * (one.share ?? 1)) / shares, most, count: () => (inputs += 1) });
    } catch (error) {
      failure = reportOf(error);
    }
    results.push({ name: one.name, inputs, failure });
  }
  return results;
}

/** Characters of a report that a person reads. */
const REPORT = 4_000;

function reportOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { message, cause } = error;
  const why = cause instanceof Error ? `\n${cause.stack ?? cause.message}` : '';
  return `${message.slice(0, REPORT)}${why.slice(0, REPORT)}`;
}

/** Milliseconds of the processor that no input may take: one here has some hundred kilobytes at most. */
const LONGEST = 1_000;

/** Gives what the work gives; throws where it took longer than any input may. */
export function timed<T>(what: string, work: () => T): T {
  const before = process.cpuUsage();
  const result = work();
  const { user } = process.cpuUsage(before);
  if (user / 1000 > LONGEST) throw new Error(`${what} took ${Math.round(user / 1000)} ms`);
  return result;
}
