import type { FactName, MetricId } from '../../core/readings/index.ts';
import { bracketed, isUnitName, splitCsv, toSi, type UnitName, UNITS } from '../text/index.ts';
import { type Field, fieldName, fieldOf } from './fields.ts';

export interface MetricColumn {
  readonly index: number;
  /** As nvidia-smi calls it, for messages. */
  readonly field: string;
  readonly metric: MetricId;
  readonly unit: UnitName;
  readonly rank: number;
  readonly sum: boolean;
}

/** What each column of a query's CSV is; -1 where there is no such column. */
export interface Plan {
  readonly cells: number;
  readonly separator: string;
  /** The header's first cell as it stands, to know the header when it comes again. */
  readonly first: string;
  readonly time: number;
  /** Seconds per unit of a stop-watch column (`time [ms]`: 0.001). */
  readonly tick: number;
  readonly index: number;
  readonly uuid: number;
  readonly busId: number;
  readonly count: number;
  readonly pid: number;
  readonly processName: number;
  /** The best source of a metric comes last, so that it overwrites the others. */
  readonly metrics: readonly MetricColumn[];
  readonly flags: readonly { readonly index: number; readonly field: string; readonly metric: MetricId }[];
  readonly mask: number;
  readonly facts: readonly { readonly index: number; readonly fact: FactName }[];
  /** The utilisation was asked for: a row without it still shows that the GPU is there. */
  readonly asksUtil: boolean;
}

interface HeaderCell {
  readonly name: string;
  readonly unit: UnitName | null;
  readonly raw: string;
}

/** The plan of a header row or of a list of field names; null where fewer than one column is known. */
export function planOf(cells: readonly string[], separator = ','): Plan | null {
  const heads = cells.map(headerCell);
  const known = heads.map(({ name }) => fieldOf(name));
  if (known.every((field) => field === undefined)) return null;
  const column = (kind: Field['kind']) => known.findIndex((field) => field?.kind === kind);
  const time = column('time');
  const timeUnit = heads[time]?.unit ?? null;
  const pid = column('pid');
  return {
    cells: cells.length,
    separator,
    first: cells[0] ?? '',
    time,
    tick: timeUnit !== null && UNITS[timeUnit].unit === 'seconds' ? toSi(1, timeUnit) : 1,
    index: indexColumn(heads, known),
    uuid: column('uuid'),
    busId: column('busId'),
    count: column('count'),
    pid,
    processName: column('processName'),
    metrics: metricColumns(heads, known, pid >= 0),
    flags: known.flatMap((field, index) => (field?.kind === 'flag' ? [{ index, field: heads[index]?.name ?? '', metric: field.metric }] : [])),
    mask: column('mask'),
    facts: known.flatMap((field, index) => (field?.kind === 'fact' ? [{ index, fact: field.fact }] : [])),
    asksUtil: heads.some(({ name }) => name === 'utilization.gpu'),
  };
}

/** The plan of a line if it is a header: at least half of its cells are fields that we know or look like nvidia-smi's. */
export function headerOf(line: string): Plan | null {
  let best: Plan | null = null;
  let most = 0;
  if (!/[a-z]{3}/i.test(line)) return null;
  for (const separator of [',', ';', '\t']) {
    if (separator !== ',' && !line.includes(separator)) continue;
    const cells = splitCsv(line, separator);
    const named = cells.filter(isFieldLike).length;
    if (named <= most || named * 2 < cells.length) continue;
    const plan = planOf(cells, separator);
    if (plan === null) continue;
    best = plan;
    most = named;
  }
  return best;
}

/** How many cells of a header only nvidia-smi or a log of it can have: dotted names of the table, or a name with `gpu` or `util` in it. */
export function ownColumns(line: string): number {
  const plan = headerOf(line);
  if (plan === null) return 0;
  return splitCsv(line, plan.separator).filter((cell) => {
    const { name, raw } = headerCell(cell);
    return fieldOf(name) !== undefined && (raw.includes('.') || /gpu|util|mem_|^pid$/i.test(raw));
  }).length;
}

const DOTTED = /^[a-z_]+(\.[a-z0-9_]+)+$/;

/** True for a cell that can only stand in a header: a field's name, with or without its unit. */
export function isFieldLike(cell: string): boolean {
  if (cell.length < 2 || cell.length > 80) return false;
  const { name } = headerCell(cell);
  return fieldOf(name) !== undefined || DOTTED.test(name) || name === 'gpu_utilization' || name === 'pstate' || name === 'process_name';
}

const SUFFIXED = /^(.*?)[_ ]?(%|_pct|_percent|_mib|_mb|_w|_watts|_c|_mhz)$/i;
const SUFFIX_UNITS: Readonly<Record<string, UnitName>> = {
  '%': '%',
  _pct: '%',
  _percent: '%',
  _mib: 'MiB',
  _mb: 'MB',
  _w: 'W',
  _watts: 'W',
  _c: 'C',
  _mhz: 'MHz',
};

/** `memory.used [MiB]`, `power_W`, `gpu_util%` → the field's name and the unit that the header gives. */
function headerCell(raw: string): HeaderCell {
  const parts = bracketed(raw);
  if (parts !== null) {
    const { unit } = parts;
    return { name: fieldName(parts.name), unit: isUnitName(unit) ? unit : null, raw };
  }
  const name = fieldName(raw);
  if (fieldOf(name) !== undefined) return { name, unit: null, raw };
  const suffixed = SUFFIXED.exec(raw.trim());
  if (suffixed === null) return { name, unit: null, raw };
  return { name: fieldName(suffixed[1] ?? ''), unit: SUFFIX_UNITS[(suffixed[2] ?? '').toLowerCase()] ?? null, raw };
}

/** Of `gpu` and `index` the first was added by the script that made the log, to say which GPU it asked. */
function indexColumn(heads: readonly HeaderCell[], known: readonly (Field | undefined)[]): number {
  const gpu = heads.findIndex(({ raw }, at) => known[at]?.kind === 'index' && raw.trim().toLowerCase() !== 'index');
  return gpu >= 0 ? gpu : known.findIndex((field) => field?.kind === 'index');
}

function metricColumns(heads: readonly HeaderCell[], known: readonly (Field | undefined)[], ofProcesses: boolean): MetricColumn[] {
  const columns = known.flatMap((field, index): MetricColumn[] => {
    if (field?.kind !== 'metric' || field.metric.startsWith('process.') !== ofProcesses) return [];
    return [
      {
        index,
        field: heads[index]?.name ?? '',
        metric: field.metric,
        unit: unitOf(heads[index]?.unit ?? null, field.unit),
        rank: field.rank ?? 0,
        sum: field.sum ?? false,
      },
    ];
  });
  return columns.sort((a, b) => b.rank - a.rank);
}

/** The header's unit, if it is of the field's kind. nvidia-smi counts memory in MiB, also where a hand-made header says MB. */
function unitOf(header: UnitName | null, field: UnitName): UnitName {
  if (header === null || UNITS[header].unit !== UNITS[field].unit) return field;
  return field === 'MiB' && header === 'MB' ? 'MiB' : header;
}
