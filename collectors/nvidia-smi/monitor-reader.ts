import { type EntityRef, formatLimits, plausible } from '../../core/readings/index.ts';
import type { ParseContext } from '../collector/index.ts';
import { tellCommand } from '../command-line/index.ts';
import { hasAny, type Output, parseClockTime, quantity, type RowClock, type Values } from '../text/index.ts';
import { monitorCells, monitorColumn, monitorHeader, monitorPlan, type MonitorPlan, withUnits } from './monitor-header.ts';
import { sweepCounter, type SweepCounter } from './ordinal.ts';
import { processCounter } from './process-count.ts';
import type { GpuScope } from './scope.ts';

/** Reads the lines of `nvidia-smi dmon` and `pmon`, by their headers. */
export interface MonitorReader {
  /** True where the line belongs to the format: a header, units, or a row (rejected if its cells are bad). */
  line(text: string, number: number, whole?: boolean): boolean;
  /** How many cells a row has, once a header was seen. */
  expected(): number | null;
  end(): void;
}

export interface MonitorTools {
  readonly out: Output;
  readonly scope: GpuScope;
  readonly clock: RowClock;
  /** Given where several readers share one text. */
  readonly sweeps?: SweepCounter;
}

/** A row of the table, and where it stands in its text. */
interface Row {
  readonly plan: MonitorPlan;
  readonly cells: readonly string[];
  readonly text: string;
  readonly number: number;
}

/** Rows go to `out` as readings in SI units. The fields in the context stand for a header where the text has none. */
export function monitorReader(tools: MonitorTools, context: ParseContext): MonitorReader {
  const sweeps = tools.sweeps ?? sweepCounter();
  let plan: MonitorPlan | null = context.fields === undefined ? null : monitorPlan(context.fields, false);
  let named = false; // the line before was a header, so that this one may hold its units
  let lastEnd = 0; // where the last column of the row before ended
  const rows = rowEmitter({ ...tools, sweeps });

  /** True for a line of the header: names, units, or another comment below them. */
  const header = (text: string): boolean => {
    if (named && plan !== null) {
      named = false;
      const units = withUnits(plan, text);
      if (units !== null) {
        plan = units;
        return true;
      }
    }
    const first = firstCode(text);
    if (first >= 48 && first <= 57) return false;
    const found = monitorHeader(text);
    if (found === null) return first === 35 && plan !== null; // the units again, or another comment
    named = true;
    if (plan !== null && found.csv === plan.csv && found.names.join() === plan.names.join()) return true;
    plan = found;
    sweeps.next();
    return true;
  };

  return {
    line(text, number, whole = true) {
      if (header(text)) return true;
      if (plan === null) return false;
      const cells = monitorCells(plan, text);
      if (cells.length !== plan.names.length || !isRow(plan, cells)) return false;
      // Columns end below each other: `19` further left is what is left of `1980`.
      const end = plan.csv || plan.pid >= 0 ? 0 : text.trimEnd().length;
      if (!whole && end < lastEnd) cells[cells.length - 1] = '-';
      else lastEnd = end;
      rows.row({ plan, cells, text, number });
      return true;
    },
    expected: () => plan?.names.length ?? null,
    end: () => rows.end(),
  };
}

/** What becomes of the rows: readings of a GPU or a process at a time, or at a sweep where they have none. */
function rowEmitter({ out, scope, clock, sweeps }: Required<MonitorTools>): { row(row: Row): void; end(): void } {
  let stamp = '';
  let stampAt: number | null = null;
  const processes = processCounter(out);
  const told = new Set<EntityRef>();

  const timeOf = ({ plan, cells }: Row): number | null => {
    const time = cells[plan.time] ?? '';
    const text = plan.date < 0 ? time : `${cells[plan.date] ?? ''} ${time}`;
    if (text === stamp && stampAt !== null) return stampAt; // all rows of a sweep have one stamp
    stamp = text;
    const ofDay = plan.date < 0 && time.includes(':') ? parseClockTime(time) : null;
    stampAt = ofDay === null ? clock.at(text, plan.tick) : clock.ofDay(ofDay);
    return stampAt;
  };

  const emitGpu = ({ plan, cells }: Row, values: Values, timed: number | undefined): void => {
    const index = cells[plan.gpu] ?? '';
    const gpu = scope.byIndex(index);
    if (!told.has(gpu)) {
      told.add(gpu);
      out.fact(gpu, 'index', index);
    }
    if (plan.asksUtil && values['gpu.util'] === undefined) values['gpu.present'] = 1; // MIG hides it
    const at = timed ?? sweeps.of(gpu.id);
    if (at !== null && hasAny(values)) out.reading({ entity: gpu, at, values });
  };

  const emitProcess = ({ plan, cells }: Row, values: Values, timed: number | undefined): void => {
    const index = cells[plan.gpu] ?? '';
    const pid = cells[plan.pid] ?? '';
    if (pid === '-') {
      // nothing seen on this GPU, which a container prints too when there is something
      if (timed === undefined) sweeps.of(`${index} -`);
      return;
    }
    const gpu = scope.byIndex(index);
    const entity = scope.process(pid);
    const at = timed ?? sweeps.of(`${index} ${pid}`);
    if (at === null) return;
    processes.add(at, gpu);
    if (hasAny(values)) out.reading({ entity, at, values });
    out.fact(entity, 'gpu', gpu.id);
    const command = cells[plan.command];
    if (command !== undefined && command !== '-') tellCommand(out, entity, command);
  };

  return {
    row(row) {
      const timed = row.plan.time >= 0 ? timeOf(row) : undefined;
      if (timed === null) return refuse(row, row.plan.time, clock.fault(), out);
      const values = valuesOf(row, out);
      if (row.plan.pid >= 0) emitProcess(row, values, timed);
      else emitGpu(row, values, timed);
    },
    end: () => processes.end(),
  };
}

function valuesOf(row: Row, out: Output): Values {
  const values: Values = {};
  for (const column of row.plan.metrics) {
    const value = quantity(row.cells[column.index] ?? '', column.unit);
    if (value === 'absent') continue;
    if (value === 'unrecognised') refuse(row, column.index, `${column.name}: expected a number or -`, out);
    else if (!plausible(column.metric, value)) refuse(row, column.index, `${column.name}: out of range, expected ${formatLimits(column.metric)}`, out);
    else values[column.metric] = value;
  }
  return values;
}

function refuse({ plan, cells, text, number }: Row, cell: number, reason: string, out: Output): void {
  out.reject(number, `${reason}, got "${cells[cell] ?? ''}"`, text, monitorColumn(plan, text, cell));
}

/** A row names its GPU by a small number. */
function isRow(plan: MonitorPlan, cells: readonly string[]): boolean {
  const gpu = cells[plan.gpu] ?? '';
  const code = gpu.charCodeAt(0);
  if (gpu.length === 0 || gpu.length > 3 || !(code >= 48 && code <= 57)) return false;
  return plan.pid < 0 || /^(?:\d+|-)$/.test(cells[plan.pid] ?? '');
}

function firstCode(text: string): number {
  let at = 0;
  while (text.charCodeAt(at) === 32) at += 1;
  return text.charCodeAt(at);
}
