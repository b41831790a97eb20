import { formatLimits, type MetricId, plausible } from '../../core/readings/index.ts';
import { isAbsent, quantity } from '../text/units.ts';
import { isErrorCell } from './errors.ts';
import { REASON_BITS } from './fields.ts';
import type { MetricColumn, Plan } from './query-header.ts';

export type Values = Partial<Record<MetricId, number>>;

/** Told about each cell that was not used although it should hold a value. */
export interface CellFaults {
  /** Not a value at all, or one that cannot be true: where, what was expected. */
  bad(cell: number, reason: string): void;
  /** The GPU's own trouble in place of a value: `[GPU is lost]`. */
  error(cell: number): void;
}

/** The values of one row in SI. A cell that says `[N/A]` leaves its metric out. */
export function valuesOf(plan: Plan, cells: readonly string[], faults: CellFaults): Values {
  const values: Values = {};
  for (const column of plan.metrics) {
    const value = numberAt(column, cells[column.index] ?? '', faults);
    if (value === null) continue;
    const before = column.sum ? values[column.metric] : undefined;
    values[column.metric] = before === undefined ? value : before + value;
  }
  if (plan.mask >= 0) readMask(values, plan.mask, cells[plan.mask] ?? '', faults);
  for (const { index, field, metric } of plan.flags) {
    const flag = flagOf(cells[index] ?? '');
    if (flag === null) continue;
    if (flag === 'bad') faults.bad(index, `${field}: expected Active or Not Active`);
    else values[metric] = flag;
  }
  checkMemory(plan, values, faults);
  return values;
}

function numberAt(column: MetricColumn, cell: string, faults: CellFaults): number | null {
  const { index, field, unit, metric } = column;
  const value = quantity(cell, unit);
  if (value === 'absent') {
    if (isErrorCell(cell)) faults.error(index);
    return null;
  }
  if (value === 'unrecognised') {
    faults.bad(index, `${field}: expected a number${unit === 'count' ? '' : ` in ${unit}`}, or [N/A]`);
    return null;
  }
  if (plausible(metric, value)) return value;
  faults.bad(index, `${field}: out of range, expected ${formatLimits(metric)}`);
  return null;
}

function readMask(values: Values, index: number, cell: string, faults: CellFaults): void {
  if (isAbsent(cell)) return;
  const mask = /^0x[0-9a-f]{1,16}$/i.test(cell) ? Number.parseInt(cell.slice(2), 16) : Number.NaN;
  if (Number.isNaN(mask) || mask > 0xffffffff) {
    faults.bad(index, 'clocks_event_reasons.active: expected a bit mask such as 0x0000000000000004');
    return;
  }
  for (const [bit, metric] of REASON_BITS) values[metric] = (mask & bit) === 0 ? 0 : 1;
}

/** `Active` 1, `Not Active` 0, null where the driver does not say. */
export function flagOf(cell: string): 0 | 1 | null | 'bad' {
  if (cell === 'Not Active') return 0;
  if (cell === 'Active') return 1;
  const text = cell.toLowerCase();
  if (text === 'not active' || text === 'no' || text === '0') return 0;
  if (text === 'active' || text === 'yes' || text === '1') return 1;
  return isAbsent(cell) ? null : 'bad';
}

/** More memory used than there is cannot be; 2 % covers drivers that count reserved memory differently. */
function checkMemory(plan: Plan, values: Values, faults: CellFaults): void {
  const used = values['gpu.memUsed'];
  const total = values['gpu.memTotal'];
  if (used === undefined || total === undefined || used <= total * 1.02) return;
  delete values['gpu.memUsed'];
  const column = plan.metrics.find(({ metric }) => metric === 'gpu.memUsed');
  if (column !== undefined) faults.bad(column.index, 'memory.used: out of range, more than memory.total');
}

/** False for a row that says nothing. */
export function hasAny(values: Values): boolean {
  for (const id in values) if (Object.hasOwn(values, id)) return true;
  return false;
}
