import { type EntityRef, formatLimits, plausible } from '../../core/readings/index.ts';
import type { ParseContext } from '../collector.ts';
import type { RowClock } from '../text/row-clock.ts';
import type { Output } from '../text/session.ts';
import { parseClockTime } from '../text/time.ts';
import { quantity } from '../text/units.ts';
import { monitorCells, monitorColumn, monitorHeader, monitorPlan, withUnits, type MonitorPlan } from './monitor-header.ts';
import { sweepCounter, type SweepCounter } from './ordinal.ts';
import { processCounter } from './process-count.ts';
import { hasAny, type Values } from './query-row.ts';
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

export function monitorReader({ out, scope, clock, sweeps = sweepCounter() }: MonitorTools, context: ParseContext): MonitorReader {
  let plan: MonitorPlan | null = context.fields === undefined ? null : monitorPlan(context.fields, false);
  let named = false; // the line before was a header, so that this one may hold its units
  let lastEnd = 0; // where the last column of the row before ended
  let stamp = '';
  let stampAt: number | null = null;
  const processes = processCounter(out);
  const told = new Set<EntityRef>();

  const timeOf = (columns: MonitorPlan, cells: readonly string[]): number | null => {
    const time = cells[columns.time] ?? '';
    const text = columns.date < 0 ? time : `${cells[columns.date] ?? ''} ${time}`;
    if (text === stamp && stampAt !== null) return stampAt; // all rows of a sweep have one stamp
    stamp = text;
    const ofDay = columns.date < 0 && time.includes(':') ? parseClockTime(time) : null;
    stampAt = ofDay === null ? clock.at(text, columns.tick) : clock.ofDay(ofDay);
    return stampAt;
  };

  const reject = (columns: MonitorPlan, cells: readonly string[], cell: number, place: { reason: string; text: string; number: number }): void =>
    out.reject(place.number, `${place.reason}, got "${cells[cell] ?? ''}"`, place.text, monitorColumn(columns, place.text, cell));

  const valuesOf = (columns: MonitorPlan, cells: readonly string[], text: string, number: number): Values => {
    const values: Values = {};
    for (const column of columns.metrics) {
      const value = quantity(cells[column.index] ?? '', column.unit);
      if (value === 'absent') continue;
      if (value === 'unrecognised') reject(columns, cells, column.index, { reason: `${column.name}: expected a number or -`, text, number });
      else if (!plausible(column.metric, value))
        reject(columns, cells, column.index, { reason: `${column.name}: out of range, expected ${formatLimits(column.metric)}`, text, number });
      else values[column.metric] = value;
    }
    return values;
  };

  const readRow = (columns: MonitorPlan, cells: readonly string[], text: string, number: number): void => {
    const timed = columns.time >= 0 ? timeOf(columns, cells) : undefined;
    if (timed === null) return reject(columns, cells, columns.time, { reason: clock.fault(), text, number });
    const values = valuesOf(columns, cells, text, number);
    if (columns.pid >= 0) return readProcess(columns, cells, timed, values);
    const index = cells[columns.gpu] ?? '';
    const gpu = scope.byIndex(index);
    if (!told.has(gpu)) {
      told.add(gpu);
      out.fact(gpu, 'index', index);
    }
    if (columns.asksUtil && values['gpu.util'] === undefined) values['gpu.present'] = 1; // MIG hides it
    const at = timed ?? sweeps.of(gpu.id);
    if (at !== null && hasAny(values)) out.reading({ entity: gpu, at, values });
  };

  const readProcess = (columns: MonitorPlan, cells: readonly string[], timed: number | undefined, values: Values): void => {
    const index = cells[columns.gpu] ?? '';
    const pid = cells[columns.pid] ?? '';
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
    const command = cells[columns.command];
    if (command !== undefined && command !== '-') out.fact(entity, 'command', command);
  };

  return {
    line(text, number, whole = true) {
      if (named && plan !== null) {
        named = false;
        const units = withUnits(plan, text);
        if (units !== null) {
          plan = units;
          return true;
        }
      }
      const first = firstCode(text);
      const digit = first >= 48 && first <= 57;
      if (!digit) {
        const header = monitorHeader(text);
        if (header !== null) {
          const again = plan !== null && header.csv === plan.csv && header.names.join() === plan.names.join();
          if (!again) {
            plan = header;
            sweeps.next();
          }
          named = true;
          return true;
        }
        if (first === 35) return plan !== null; // the units again, or another comment
      }
      if (plan === null) return false;
      const cells = monitorCells(plan, text);
      if (cells.length !== plan.names.length || !isRow(plan, cells)) return false;
      // Columns end below each other: `19` further left is what is left of `1980`.
      const end = plan.csv || plan.pid >= 0 ? 0 : text.trimEnd().length;
      if (!whole && end < lastEnd) cells[cells.length - 1] = '-';
      else lastEnd = end;
      readRow(plan, cells, text, number);
      return true;
    },
    expected: () => plan?.names.length ?? null,
    end: () => processes.end(),
  };
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
