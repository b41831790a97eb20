import type { MetricId } from '../../core/readings/index.ts';
import { splitBlanks, wordColumn } from '../text/blanks.ts';
import { cellColumn, splitCsv } from '../text/csv.ts';
import { isUnitName, toSi, UNITS, type UnitName } from '../text/units.ts';
import { DMON_FIELDS, PMON_FIELDS, type MonitorField } from './monitor-fields.ts';

export interface MonitorColumn {
  readonly index: number;
  readonly name: string;
  readonly metric: MetricId;
  readonly unit: UnitName;
}

/** The header of `dmon` or `pmon`; -1 where there is no such column. */
export interface MonitorPlan {
  readonly csv: boolean;
  readonly names: readonly string[];
  readonly date: number;
  readonly time: number;
  /** Seconds per unit of a stop-watch column. */
  readonly tick: number;
  readonly gpu: number;
  readonly pid: number;
  /** pmon's last column, which may hold blanks. */
  readonly command: number;
  readonly metrics: readonly MonitorColumn[];
  /** The utilisation was asked for: a row without it still shows that the GPU is there. */
  readonly asksUtil: boolean;
}

/** The plan of a header line (`# gpu   pwr gtemp …`, `#Date, Time, gpu, …`, `time,gpu,pwr,…`); null for any other line. */
export function monitorHeader(line: string): MonitorPlan | null {
  const text = line.trimStart();
  const csv = text.includes(',');
  if (!text.startsWith('#') && !csv) return null;
  return monitorPlan(cellsOf(text.replace(/^#\s*/, ''), csv), csv);
}

/** The same from a list of column names, for output that was printed without its header. */
export function monitorPlan(cells: readonly string[], csv: boolean): MonitorPlan | null {
  const names = cells.map((cell) => cell.toLowerCase());
  const gpu = names.indexOf('gpu');
  if (gpu < 0) return null;
  const pid = names.indexOf('pid');
  const table = pid >= 0 ? PMON_FIELDS : DMON_FIELDS;
  const metrics = names.flatMap((name, index): (MonitorColumn & { rank: number })[] => {
    const field: MonitorField | undefined = Object.hasOwn(table, name) ? table[name] : undefined;
    return field === undefined ? [] : [{ index, name, metric: field.metric, unit: field.unit, rank: field.rank ?? 0 }];
  });
  if (metrics.length === 0 || (pid < 0 && metrics.length < 2)) return null;
  return {
    csv,
    names,
    gpu,
    pid,
    tick: 1,
    asksUtil: names.includes('sm'),
    date: names.indexOf('date'),
    time: names.findIndex((name) => /^(?:time|timestamp|elapsed|seconds)\b/.test(name)),
    command: names.findIndex((name) => name === 'command' || name === 'name'),
    metrics: metrics.sort((a, b) => b.rank - a.rank), // the better one comes last and overwrites
  };
}

/** The plan with the units of the second header line (`# Idx     W     C …`); null where the line is none. */
export function withUnits(plan: MonitorPlan, line: string): MonitorPlan | null {
  const cells = cellsOf(line.trimStart().replace(/^#\s*/, ''), plan.csv);
  if (cells.length !== plan.names.length || cells[plan.gpu]?.toLowerCase() !== 'idx') return null;
  const metrics = plan.metrics.map((column) => ({ ...column, unit: unitOf(column, cells[column.index] ?? '') }));
  const time = cells[plan.time] ?? '';
  return { ...plan, metrics, tick: isUnitName(time) && UNITS[time].unit === 'seconds' ? toSi(1, time) : 1 };
}

/** The cells of a line of dmon or pmon. A pmon command keeps its blanks. */
export function monitorCells(plan: MonitorPlan, line: string): string[] {
  if (plan.csv) return splitCsv(line);
  return splitBlanks(line, plan.command >= 0 ? plan.names.length : undefined);
}

/** The 1-based column of a cell in its line. */
export function monitorColumn(plan: MonitorPlan, line: string, cell: number): number {
  return plan.csv ? cellColumn(line, cell) : wordColumn(line, cell);
}

function cellsOf(text: string, csv: boolean): string[] {
  return csv ? splitCsv(text) : splitBlanks(text);
}

function unitOf(column: MonitorColumn, printed: string): UnitName {
  const unit = printed.replace(/^GPM:/, '');
  if (unit === 'bool') return 'ratio';
  if (!isUnitName(unit) || UNITS[unit].unit !== UNITS[column.unit].unit) return column.unit;
  return column.unit === 'MiB' ? 'MiB' : unit; // headed MB, counted in MiB
}
