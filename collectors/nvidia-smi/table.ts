import { type EntityRef, formatLimits, type MetricId, plausible } from '../../core/readings/index.ts';
import type { RowClock } from '../text/row-clock.ts';
import type { Output } from '../text/session.ts';
import { quantity, type UnitName } from '../text/units.ts';
import { NO_CONTEXT } from './device.ts';
import type { SweepCounter } from './ordinal.ts';
import { busIdIn, type GpuScope } from './scope.ts';
import { isClosing, readGpuLine, readProcessLine, readSliceLine, readStateLine, type GpuLine } from './table-lines.ts';

/** Reads the table that plain `nvidia-smi` prints, wherever it stands in a text. */
export interface TableReader {
  /** True where the line is part of a table. */
  line(text: string, number: number): boolean;
  /** A date line before a table. */
  stamp(text: string): void;
  end(): void;
}

export interface TableTools {
  readonly out: Output;
  readonly scope: GpuScope;
  readonly clock: RowClock;
  readonly sweeps: SweepCounter;
}

interface Open {
  readonly driver: string;
  readonly cuda: string | null;
  /** Undefined until the first GPU. */
  at: number | null | undefined;
  section: 'gpus' | 'slices' | 'processes';
  gpu: { line: GpuLine; entity: EntityRef; rows: number } | null;
  /** Every GPU of the table, with its memory in use and its listed processes. */
  readonly gpus: Map<string, { entity: EntityRef; used: number | undefined; processes: number }>;
  /** The list of processes was begun: the tool says something about them. */
  lists: boolean;
}

const TITLE = /^\|\s+NVIDIA-SMI\s+(\S+)(?:\s+Driver Version:\s*(\S+))?(?:\s+CUDA Version:\s*(\S+))?/;

export function tableReader({ out, scope, clock, sweeps }: TableTools): TableReader {
  let table: Open | null = null;
  let date: string | null = null;

  const timeOf = (id: string): number | null => {
    if (date !== null) {
      const at = clock.at(date, 1);
      if (at !== null) return at;
    }
    return sweeps.of(id);
  };

  const close = (): void => {
    if (table === null) return;
    const { at, gpus, lists } = table;
    table = null;
    date = null;
    if (!lists || at === null || at === undefined) return;
    const seesAny = [...gpus.values()].some(({ processes }) => processes > 0);
    for (const { entity, used, processes } of gpus.values()) {
      // "No running processes found" is what a container prints, too.
      if (seesAny || (used !== undefined && used < NO_CONTEXT)) out.reading({ entity, at, values: { 'gpu.processes': processes } });
    }
  };

  const begin = (title: RegExpExecArray): void => {
    close();
    sweeps.next();
    table = { driver: title[2] ?? title[1] ?? '', cuda: title[3] ?? null, at: undefined, section: 'gpus', gpu: null, gpus: new Map(), lists: false };
  };

  const nameGpu = (open: Open, line: GpuLine): void => {
    const busId = busIdIn(line.busId);
    scope.learn({ index: line.index, ...(busId === null ? {} : { busId }) });
    const entity = scope.byIndex(line.index);
    open.at ??= timeOf(entity.id);
    open.gpu = { line, entity, rows: 1 };
    open.gpus.set(line.index, { entity, used: undefined, processes: 0 });
    out.fact(entity, 'index', line.index);
    const cut = line.name.endsWith('...'); // a name that was printed in full is better
    if (line.name !== '' && !(cut && out.knows(entity, 'name'))) out.fact(entity, 'name', line.name);
    if (busId !== null) out.fact(entity, 'pciBusId', busId);
    out.fact(entity, 'driver', open.driver);
    if (open.cuda !== null && open.cuda !== 'N/A') out.fact(entity, 'cuda', open.cuda);
  };

  const emitGpu = (open: Open, text: string, number: number): void => {
    const { gpu, at } = open;
    const state = readStateLine(text);
    if (gpu === null || at === null || at === undefined) return;
    if (state === null) return out.reject(number, 'expected fan, temperature, power, memory and utilisation of a GPU', text);
    const values: Partial<Record<MetricId, number>> = {};
    let errors = gpu.line.ecc === 'ERR!' ? 1 : 0;
    const take = (metric: MetricId, cell: string, unit: UnitName): void => {
      if (cell === 'ERR!') errors += 1;
      const value = cell === 'ERR!' || cell === 'Off' || cell === 'On' ? 'absent' : quantity(cell, unit);
      if (value === 'absent') return;
      if (value === 'unrecognised') out.reject(number, `${metric}: expected a number in ${unit}, or N/A, got "${cell}"`, text);
      else if (!plausible(metric, value)) out.reject(number, `${metric}: out of range, expected ${formatLimits(metric)}, got "${cell}"`, text);
      else values[metric] = value;
    };
    take('gpu.fan', state.fan, '%');
    take('gpu.temp', state.temp, 'C');
    take('gpu.power', state.power, 'W');
    take('gpu.powerLimit', state.cap, 'W');
    take('gpu.memUsed', state.used, 'MiB');
    take('gpu.memTotal', state.total, 'MiB');
    take('gpu.util', state.util, '%');
    take('gpu.eccUncorrected', gpu.line.ecc, 'count');
    if (errors > 0) out.event({ at, entity: gpu.entity, kind: 'gpu-error', text: `nvidia-smi prints ERR! for GPU ${gpu.line.index}: ${text.trim()}` });
    if (values['gpu.util'] === undefined) values['gpu.present'] = 1; // MIG hides it
    const kept = open.gpus.get(gpu.line.index);
    if (kept !== undefined) kept.used = values['gpu.memUsed'];
    out.reading({ entity: gpu.entity, at, values });
  };

  const gpuRow = (open: Open, text: string, number: number): void => {
    const line = readGpuLine(text);
    if (line !== null) return nameGpu(open, line);
    if (open.gpu === null) return; // the heads of the columns
    open.gpu.rows += 1;
    if (open.gpu.rows === 2) emitGpu(open, text, number);
    const mig = /\|\s*(Enabled|Disabled)\*?\s*\|\s*$/.exec(text)?.[1];
    if (open.gpu.rows === 3 && mig !== undefined) out.fact(open.gpu.entity, 'migMode', mig);
  };

  const sliceRow = (open: Open, text: string): void => {
    const slice = readSliceLine(text);
    if (slice === null || open.at === null || open.at === undefined) return;
    const parent = scope.byIndex(slice.gpu);
    const entity = scope.slice(parent, slice);
    const used = quantity(slice.used, 'MiB');
    const total = quantity(slice.total, 'MiB');
    out.fact(entity, 'parent', parent.id);
    out.fact(entity, 'migMode', `Enabled: GPU instance ${slice.gpuInstance}, compute instance ${slice.computeInstance}, device ${slice.device}`);
    out.reading({
      entity,
      at: open.at,
      values: {
        'gpu.present': 1,
        ...(typeof total === 'number' ? { 'gpu.memTotal': total } : {}),
        ...(typeof used === 'number' ? { 'gpu.memUsed': used } : {}),
      },
    });
  };

  const processRow = (open: Open, text: string): void => {
    if (text.includes('No running processes found')) open.lists = true;
    const listed = readProcessLine(text);
    if (listed === null || open.at === null || open.at === undefined) return;
    open.lists = true;
    const gpu = open.gpus.get(listed.gpu);
    const entity = scope.process(listed.pid);
    const memory = quantity(listed.memory, 'MiB');
    if (typeof memory === 'number') out.reading({ entity, at: open.at, values: { 'process.gpuMem': memory } });
    out.fact(entity, 'gpu', scope.byIndex(listed.gpu).id);
    if (listed.name !== '') out.fact(entity, 'command', listed.name);
    if (gpu !== undefined) gpu.processes += 1;
  };

  return {
    stamp(text) {
      close();
      date = text;
    },
    line(text, number) {
      const first = text.charCodeAt(0);
      if (first !== 124 && first !== 43) {
        // | and +
        if (text.trim() !== '') close();
        return false;
      }
      const title = TITLE.exec(text);
      if (title !== null) {
        begin(title);
        return true;
      }
      if (table === null) return false;
      if (/^\|\s+MIG devices:/.test(text)) table.section = 'slices';
      else if (/^\|\s+Processes:/.test(text)) table.section = 'processes';
      else if (isClosing(text)) {
        if (table.section === 'processes' && table.lists) close();
      } else if (table.section === 'gpus') gpuRow(table, text, number);
      else if (table.section === 'slices') sliceRow(table, text);
      else processRow(table, text);
      return true;
    },
    end: close,
  };
}
