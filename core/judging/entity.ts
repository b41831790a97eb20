import { type EntityRef, type FactName, isMetricId, MAX_RATE_GAP, metric, type MetricId, METRICS, type Table } from '../readings/index.ts';
import { entityGrid, type EntityGrid, type MetricRows } from './grid.ts';
import { type GrowingSeries, openGrowingSeries } from './series.ts';

/** One entity of a run as it grows: its grid for judging, its series for showing, its facts. */
export interface RunEntity {
  readonly entity: EntityRef;
  readonly facts: Map<FactName, string>;
  readonly grid: EntityGrid;
  readonly series: GrowingSeries;
  /** Takes rows that are later than all before; earlier ones are left out and counted. */
  push(table: Table): void;
  from(): number;
  to(): number;
  late(): number;
  /** The latest and the largest value of a metric; NaN where it never came. */
  latest(id: MetricId): number;
  peak(id: MetricId): number;
  has(id: MetricId): boolean;
  /** Seconds between its rows, on average; NaN before the second. */
  interval(): number;
  /** Whether a counter rose. */
  grew(id: MetricId): boolean;
}

/** An entity of which nothing has come yet, on a grid of bins `period` seconds wide. */
export function runEntity(entity: EntityRef, period: number): RunEntity {
  const facts = new Map<FactName, string>();
  const grid = entityGrid(period);
  const series = openGrowingSeries(period);
  const counters = countersTo({ grid, series });
  const gauges = gaugesTo({ grid, series }, period);
  let first = Number.POSITIVE_INFINITY;
  let last = Number.NEGATIVE_INFINITY;
  let late = 0;
  let rows = 0;
  return {
    entity,
    facts,
    grid,
    series,
    push({ t, columns, facts: more }) {
      for (const [name, value] of more) facts.set(name, value);
      let start = 0;
      while (start < t.length && (t[start] ?? Number.POSITIVE_INFINITY) <= last) start += 1;
      late += start;
      if (start >= t.length) return;
      first = Math.min(first, t[start] ?? first);
      last = t[t.length - 1] ?? last;
      rows += t.length - start;
      for (const [id, values] of columns) {
        if (METRICS[id].kind !== 'gauge') continue;
        gauges.push(id, { t, values, start }, { times: columns.get('engine.trainStepTime'), steps: columns.get('engine.trainSteps') });
      }
      for (const [id, values] of columns) if (METRICS[id].kind === 'counter' && !gauges.printed.has(rateTarget(id))) counters.push(id, { t, values, start });
    },
    from: () => first,
    to: () => last,
    late: () => late,
    latest: (id) => gauges.latest.get(id) ?? Number.NaN,
    peak: (id) => gauges.peaks.get(id) ?? Number.NaN,
    interval: () => (rows > 1 ? (last - first) / (rows - 1) : Number.NaN),
    grew: (id) => counters.grown.has(id),
    has: (id) => gauges.latest.has(id) || counters.seen.has(id),
  };
}

/** Rates that a trainer prints of the steps since its line before: each is of as much time as they took. */
const OF_STEPS: readonly MetricId[] = ['engine.trainTokenRate', 'engine.trainTokenRatePerGpu', 'engine.trainFlopRate', 'engine.trainMfu'];

/** Two steps of one training do as much, within this factor. */
const SAME_WORK = 1.5;

/** What a trainer prints beside such a rate: seconds a step, and steps so far. */
interface Beside {
  readonly times: Float64Array | undefined;
  readonly steps: Float64Array | undefined;
}

interface Kept {
  readonly grid: EntityGrid;
  readonly series: GrowingSeries;
}

/** Where an entity's gauges go, with what each was last and at most. */
function gaugesTo({ grid, series }: Kept, period: number) {
  const printed = new Set<MetricId>();
  const latest = new Map<MetricId, number>();
  const peaks = new Map<MetricId, number>();
  const ended = new Map<MetricId, { at: number; steps: number; work: number }>();
  const ofSteps = (id: MetricId, rows: MetricRows, { times, steps }: Beside): void => {
    const before = ended.get(id) ?? { at: Number.NaN, steps: Number.NaN, work: Number.NaN };
    ended.set(id, before);
    const since = new Float64Array(rows.values.length).fill(Number.NaN);
    const sure = new Uint8Array(rows.values.length);
    const weights = new Float64Array(rows.values.length).fill(period);
    for (let row = rows.start; row < rows.values.length; row += 1) {
      if (Number.isNaN(rows.values[row] ?? Number.NaN)) continue;
      const at = rows.t[row] ?? Number.NaN;
      const count = steps?.[row] ?? Number.NaN;
      const made = count > before.steps ? count - before.steps : 1;
      const took = made * (times?.[row] ?? Number.NaN);
      // Two lines are never of the same time, and one that says nothing of its steps is of the time since the one before.
      const from = took > 0 && !(at - took < before.at) ? at - took : before.at;
      const work = (rows.values[row] ?? Number.NaN) * (at - from);
      // A slow step did no more than the one before; a pause with a step behind it would seem to.
      if (took > 0 || (work > 0 && work <= SAME_WORK * before.work)) sure[row] = 1;
      since[row] = from;
      if (at - from > 0 && at - from <= MAX_RATE_GAP) weights[row] = at - from;
      before.at = at;
      before.steps = count;
      before.work = work;
    }
    grid.steps(id, rows, { since, sure });
    series.add(id, rows, weights);
  };
  return {
    printed,
    latest,
    peaks,
    push(id: MetricId, rows: MetricRows, beside: Beside) {
      printed.add(id);
      if (OF_STEPS.includes(id)) ofSteps(id, rows, beside);
      else {
        grid.gauges(id, rows);
        series.add(id, rows);
      }
      if (id === 'engine.running') grid.looks({ ...rows, values: rows.values.map((value) => (value > 0 ? 1 : value)) });
      let peak = peaks.get(id) ?? Number.NEGATIVE_INFINITY;
      let newest = Number.NaN;
      for (let row = rows.start; row < rows.values.length; row += 1) {
        const value = rows.values[row] ?? Number.NaN;
        if (value !== value) continue;
        newest = value;
        if (value > peak) peak = value;
      }
      if (newest !== newest) return;
      latest.set(id, newest);
      peaks.set(id, peak);
    },
  };
}

interface Counter {
  at: number;
  value: number;
}

/** Where an entity's counters go, as rates under the id of the gauge of the same quantity. */
function countersTo({ grid, series }: Kept) {
  const seen = new Map<MetricId, Counter>();
  const grown = new Set<MetricId>();
  return {
    seen,
    grown,
    push(id: MetricId, { t, values, start }: MetricRows) {
      const before = seen.get(id) ?? { at: Number.NaN, value: Number.NaN };
      seen.set(id, before);
      const rate = new Float64Array(values.length).fill(Number.NaN);
      const since = new Float64Array(values.length);
      for (let row = start; row < values.length; row += 1) {
        const value = values[row] ?? Number.NaN;
        const at = t[row] ?? Number.NaN;
        if (value !== value) continue;
        const dt = at - before.at;
        since[row] = before.at;
        // A drop is a restart: what was counted since is not known to belong to the interval.
        if (value > before.value) grown.add(id);
        if (dt > 0 && dt <= MAX_RATE_GAP && value >= before.value) rate[row] = (value - before.value) / dt;
        before.at = at;
        before.value = value;
      }
      const rows = { t, values: rate, start };
      grid.rates(rateTarget(id), rows, since);
      series.add(rateTarget(id), rows);
    },
  };
}

/** The id under which a counter's rate stands: the gauge of the same quantity where there is one. */
function rateTarget(id: MetricId): MetricId {
  const target = metric(id).rate;
  return target !== undefined && isMetricId(target) ? target : id;
}
