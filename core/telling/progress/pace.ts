import { commonRows, type MetricId, type Table } from '../../readings/index.ts';

/** A kind of progress: the columns that show it, the most telling first. */
interface Kind {
  readonly unit: string;
  readonly id: MetricId;
  readonly value: (raw: number) => number;
  /** Several programs, files or ranks that tell it tell the same: one training's, which a sum would count as often as it is told. */
  readonly ofAll?: true;
  /** It tells how long each step took, so that a mean pace is one over their mean time: work over time, and no mean of rates. */
  readonly perStep?: true;
}

const PROMPTS: Kind = { unit: 'tokens/s', id: 'engine.promptRate', value: (rate) => rate };

/** A trainer's tokens, else its steps; a server's generated tokens, else the prompts that it reads. */
const KINDS: readonly Kind[] = [
  { unit: 'tokens/s', id: 'engine.trainTokenRate', value: (rate) => rate, ofAll: true },
  { unit: 'steps/s', id: 'engine.trainSteps', value: (rate) => rate, ofAll: true },
  { unit: 'steps/s', id: 'engine.trainStepTime', value: (seconds) => (seconds > 0 ? 1 / seconds : Number.NaN), ofAll: true, perStep: true },
  { unit: 'tokens/s', id: 'engine.generationRate', value: (rate) => rate },
  PROMPTS,
];

/** The metrics that tell progress. */
export const KIND_IDS: readonly MetricId[] = KINDS.map(({ id }) => id);

/** Prompt tokens per generated one from which on a server is known by the prompts that it reads: writing is then hardly a tenth of it. */
const MOSTLY_PROMPTS = 10;

function total({ values }: Pace): number {
  return values.reduce((sum, value) => (Number.isNaN(value) ? sum : sum + value), 0);
}

/** Progress over time, engines together: `t` is where a row begins, `width` how long it is. */
export interface Pace {
  readonly unit: string;
  readonly t: Float64Array;
  readonly width: number;
  readonly values: Float64Array;
  /** Seconds that each value is of, which it counts for in a mean: a trainer's rate is of the time since its line before. */
  readonly seconds: Float64Array;
  /** Each value is of a step and not of a time: their mean is the harmonic one. */
  readonly perStep: boolean;
}

/** The job's progress by the first kind that it ever made; by the first that was measured where it made none; null without any. */
export function paceOf(engines: readonly Table[], period: number): Pace | null {
  let measured: Pace | null = null;
  for (const kind of KINDS) {
    const pace = paceBy(kind, engines, period);
    if (pace === null) continue;
    // A server that reads far more than it writes is known by what it reads.
    const prompts = kind.id === 'engine.generationRate' ? paceBy(PROMPTS, engines, period) : null;
    if (prompts !== null && total(prompts) > MOSTLY_PROMPTS * total(pace)) return prompts;
    if (pace.values.some((value) => value > 0)) return pace;
    measured ??= pace;
  }
  return measured;
}

function paceBy(kind: Kind, engines: readonly Table[], period: number): Pace | null {
  const telling = engines.filter(({ columns }) => columns.has(kind.id));
  const having = kind.ofAll === true ? longest(telling, kind.id) : telling;
  if (having.length === 0) return null;
  const { t, width, values } = commonRows(having, period, ({ columns }) => {
    const column = columns.get(kind.id);
    return (row) => kind.value(column?.[row] ?? Number.NaN);
  });
  const sums = t.map((_, row) =>
    values.reduce((sum, one) => {
      const value = one[row] ?? Number.NaN;
      return Number.isNaN(value) ? sum : Number.isNaN(sum) ? value : sum + value;
    }, Number.NaN),
  );
  const [lone] = having;
  const seconds = kind.ofAll === true && lone !== undefined ? sinceBefore(lone, kind, width) : new Float64Array(t.length).fill(width);
  return sums.length === 0 ? null : { unit: kind.unit, t, width, values: sums, seconds, perStep: kind.perStep === true };
}

/** The one that tells of the most rows. */
function longest(engines: readonly Table[], id: MetricId): readonly Table[] {
  const rows = ({ columns }: Table): number => columns.get(id)?.reduce((count, value) => (Number.isNaN(value) ? count : count + 1), 0) ?? 0;
  return [...engines].sort((a, b) => rows(b) - rows(a)).slice(0, 1);
}

/** Seconds since the row before, of the rows that have a value. */
function sinceBefore({ t, columns }: Table, { id, value }: Kind, width: number): Float64Array {
  const column = columns.get(id);
  const times = t.filter((_, row) => !Number.isNaN(value(column?.[row] ?? Number.NaN)));
  return times.map((at, row) => at - (times[row - 1] ?? at - width));
}
