import { entityKey, type EntityKind, type MetricId, type Table } from '../readings/index.ts';

/** Gaps looked at: the same number for a run that is still growing and for the finished one, so that both get one grid. */
const PERIOD_GAPS = 64;
/** Widths that a grid may have, seconds: rounder ones make two samplers of nearly one period share bins. */
const WIDTHS = [0.1, 0.2, 0.25, 0.5, 1, 2, 5, 10, 15, 20, 30, 60, 120, 300, 600, 1800, 3600];
/** A sampler that wants 1 s comes at 1.0 to 1.1 s. */
const JITTER = 0.15;

/** What says how often a tool samples a GPU; engines and hosts where there is none. */
const CLOCKS: readonly MetricId[] = [
  'gpu.util',
  'gpu.grActive',
  'gpu.tensorActive',
  'gpu.dramActive',
  'gpu.power',
  'engine.running',
  'engine.generationTokens',
  'engine.generationRate',
  'engine.trainTokenRate',
  'engine.trainSteps',
  'engine.trainStepTime',
  'engine.trainFlopRate',
  'host.cpu',
  'host.cpuTime',
];

/** What the first rows of a run say of its grid. */
export interface FirstRows {
  /** The bin width that they ask for, seconds; null where nothing was sampled twice. */
  readonly period: number | null;
  /** Whether they are as many as are looked at: more rows would change nothing. */
  readonly enough: boolean;
}

/** The grid of a run by its first rows, the same for a growing run and the finished one. */
export function gridOf(tables: readonly Table[]): FirstRows {
  const first = perEntity(samplers(tables));
  return { period: gridPeriod(first), enough: first.some((table) => table.t.length > PERIOD_GAPS) };
}

const CLOCK_KINDS: readonly EntityKind[] = ['gpu', 'engine', 'host'];

/** The tables that set the pace: GPUs, else engines, else hosts. */
function samplers(tables: readonly Table[]): readonly Table[] {
  for (const kind of CLOCK_KINDS) {
    const found = tables.filter((table) => table.entity.kind === kind && table.t.length > 0);
    if (found.length > 0) return found;
  }
  return [];
}

/** The first rows of each entity, put together. */
function perEntity(tables: readonly Table[]): Table[] {
  const groups = new Map<string, Table[]>();
  for (const table of tables) {
    const key = entityKey(table.entity);
    const parts = groups.get(key);
    if (parts === undefined) groups.set(key, [table]);
    else parts.push(table);
  }
  return [...groups.values()].map((parts) => (parts.length === 1 && parts[0] !== undefined ? parts[0] : concat(parts)));
}

function concat(parts: readonly Table[]): Table {
  const [first] = parts;
  const rows = parts.reduce((sum, part) => sum + part.t.length, 0);
  const t = new Float64Array(rows);
  const ids = new Set(parts.flatMap((part) => [...part.columns.keys()]));
  const columns = new Map([...ids].map((id) => [id, new Float64Array(rows).fill(Number.NaN)] as const));
  let row = 0;
  for (const part of parts) {
    t.set(part.t, row);
    for (const [id, column] of part.columns) columns.get(id)?.set(column, row);
    row += part.t.length;
  }
  return { entity: first?.entity ?? { kind: 'gpu', id: '?' }, facts: first?.facts ?? new Map(), t, columns };
}

/** The grid's bin width for some tables of one kind: the slowest of their samplers, rounded; null where nothing was sampled twice. */
export function gridPeriod(tables: readonly Table[]): number | null {
  let slowest: number | null = null;
  for (const table of tables) {
    const fastest = tableCadence(table);
    if (fastest !== null && (slowest === null || fastest > slowest)) slowest = fastest;
  }
  return slowest === null ? null : roundPeriod(slowest);
}

/** Of one entity's tools the slowest of those that show load (util, DCGM): a finer grid would repeat their samples. */
function tableCadence(table: Table): number | null {
  let cadence: number | null = null;
  for (const id of CLOCKS) {
    const column = table.columns.get(id);
    if (column === undefined || (id === 'gpu.power' && cadence !== null)) continue;
    const own = cadenceOf(table.t, column);
    if (own !== null && (cadence === null || own > cadence)) cadence = own;
  }
  return cadence;
}

/** Median distance of the first present values of a column, seconds; null below two. */
function cadenceOf(t: Float64Array, column: Float64Array): number | null {
  const gaps: number[] = [];
  let last = Number.NaN;
  for (let i = 0; i < column.length && gaps.length < PERIOD_GAPS; i += 1) {
    if (Number.isNaN(column[i] ?? Number.NaN)) continue;
    const at = t[i] ?? Number.NaN;
    if (!Number.isNaN(last)) gaps.push(at - last);
    last = at;
  }
  gaps.sort((a, b) => a - b);
  // Of two the shorter: a pause between two looks is no pace.
  return gaps[(gaps.length - 1) >> 1] ?? null;
}

/** The width that a measured period means: 1.0007 s is 1 s, 3 s is 5 s. */
export function roundPeriod(seconds: number): number {
  return WIDTHS.find((width) => seconds <= width * (1 + JITTER)) ?? seconds;
}
