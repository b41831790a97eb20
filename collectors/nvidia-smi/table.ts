import { type EntityRef, formatLimits, type MetricId, plausible } from '../../core/readings/index.ts';
import { tellCommand } from '../command-line/index.ts';
import { hasAny, type Output, quantity, type RowClock, type UnitName, type Values } from '../text/index.ts';
import { memoryIn, provenProcesses, tellSlice } from './device.ts';
import { isErrorCell } from './errors.ts';
import type { SweepCounter } from './ordinal.ts';
import { busIdIn, type GpuScope } from './scope.ts';
import { type GpuLine, isClosing, readGpuLine, readProcessLine, readSliceLine, readStateLine } from './table-lines.ts';

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

/** A table that is being read. */
interface Open {
  /** The date line before it. */
  readonly date: string | null;
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

/** Each GPU goes to `out` in SI units; its processes are counted when the table ends. */
export function tableReader(tools: TableTools): TableReader {
  let table: Open | null = null;
  let date: string | null = null;

  const close = (): void => {
    if (table === null) return;
    emitCounts(table, tools.out);
    table = null;
    date = null;
  };
  const begin = ([, version = '', driver = version, cuda]: RegExpExecArray): void => {
    close();
    tools.sweeps.next();
    table = { date, driver, cuda: cuda ?? null, at: undefined, section: 'gpus', gpu: null, gpus: new Map(), lists: false };
  };
  const rowOf = (open: Open, row: Row): void => {
    if (/^\|\s+MIG devices:/.test(row.text)) open.section = 'slices';
    else if (/^\|\s+Processes:/.test(row.text)) open.section = 'processes';
    else if (isClosing(row.text)) {
      if (open.section === 'processes' && open.lists) close();
    } else if (open.section === 'gpus') gpuRow(open, row, tools);
    else if (open.section === 'slices') sliceRow(open, row.text, tools);
    else processRow(open, row.text, tools);
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
      if (title !== null) begin(title);
      else if (table !== null) rowOf(table, { text, number });
      return title !== null || table !== null;
    },
    end: close,
  };
}

/** A line, and where it stands in its text. */
interface Row {
  readonly text: string;
  readonly number: number;
}

function gpuRow(open: Open, row: Row, tools: TableTools): void {
  const line = readGpuLine(row.text);
  if (line !== null) return nameGpu(open, line, tools);
  if (open.gpu === null) return; // the heads of the columns
  open.gpu.rows += 1;
  if (open.gpu.rows === 2) emitGpu(open, row, tools.out);
  const mig = /\|\s*(Enabled|Disabled)\*?\s*\|\s*$/.exec(row.text)?.[1];
  if (open.gpu.rows === 3 && mig !== undefined) tools.out.fact(open.gpu.entity, 'migMode', mig);
}

function nameGpu(open: Open, line: GpuLine, tools: TableTools): void {
  const { out, scope } = tools;
  const busId = busIdIn(line.busId);
  scope.learn({ index: line.index, ...(busId === null ? {} : { busId }) });
  const entity = scope.byIndex(line.index);
  open.at ??= timeOf(open, entity, tools);
  open.gpu = { line, entity, rows: 1 };
  open.gpus.set(line.index, { entity, used: undefined, processes: 0 });
  out.fact(entity, 'index', line.index);
  const cut = line.name.endsWith('...'); // a name that was printed in full is better
  if (line.name !== '' && line.name !== 'ERR!' && !(cut && out.knows(entity, 'name'))) out.fact(entity, 'name', line.name);
  if (busId !== null) out.fact(entity, 'pciBusId', busId);
  out.fact(entity, 'driver', open.driver);
  if (open.cuda !== null && open.cuda !== 'N/A') out.fact(entity, 'cuda', open.cuda);
}

function timeOf({ date }: Open, gpu: EntityRef, { clock, sweeps }: TableTools): number | null {
  const dated = date === null ? null : clock.at(date, 1);
  return dated ?? sweeps.of(gpu.id);
}

/** What the cells of a GPU are called in a message. */
const CELLS: Readonly<Partial<Record<MetricId, string>>> = {
  'gpu.fan': 'fan',
  'gpu.temp': 'temperature',
  'gpu.power': 'power',
  'gpu.powerLimit': 'power limit',
  'gpu.memUsed': 'memory used',
  'gpu.memTotal': 'memory size',
  'gpu.util': 'utilisation',
  'gpu.eccUncorrected': 'ECC',
};

function emitGpu(open: Open, { text, number }: Row, out: Output): void {
  const { gpu, at } = open;
  const state = readStateLine(text);
  if (gpu === null || at === null || at === undefined) return;
  if (state === null) return out.reject(number, 'expected fan, temperature, power, memory and utilisation of a GPU', text);
  const values: Values = {};
  const failed: string[] = gpu.line.name === 'ERR!' ? ['name'] : [];
  const take = (metric: MetricId, cell: string, unit: UnitName): void => {
    if (isErrorCell(cell)) failed.push(CELLS[metric] ?? metric);
    const value = cell === 'Off' || cell === 'On' ? 'absent' : quantity(cell, unit);
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
  if (failed.length > 0) {
    out.event({ at, entity: gpu.entity, kind: 'gpu-error', text: `nvidia-smi prints ERR! for GPU ${gpu.line.index} (${failed.join(', ')}): ${text.trim()}` });
  }
  if (values['gpu.util'] === undefined) values['gpu.present'] = 1; // MIG hides it
  const kept = open.gpus.get(gpu.line.index);
  if (kept !== undefined) kept.used = values['gpu.memUsed'];
  out.reading({ entity: gpu.entity, at, values });
}

function sliceRow(open: Open, text: string, { out, scope }: TableTools): void {
  const slice = readSliceLine(text);
  if (slice === null || open.at === null || open.at === undefined) return;
  const parent = scope.byIndex(slice.gpu);
  tellSlice({ ...slice, index: slice.device, entity: scope.slice(parent, slice), parent, at: open.at }, out);
}

function processRow(open: Open, text: string, { out, scope }: TableTools): void {
  if (text.includes('No running processes found')) open.lists = true;
  const listed = readProcessLine(text);
  if (listed === null || open.at === null || open.at === undefined) return;
  open.lists = true;
  const gpu = open.gpus.get(listed.gpu);
  const entity = scope.process(listed.pid);
  const memory = memoryIn(listed.memory, 'process.gpuMem');
  if (hasAny(memory)) out.reading({ entity, at: open.at, values: memory });
  out.fact(entity, 'gpu', scope.byIndex(listed.gpu).id);
  if (listed.name !== '') tellCommand(out, entity, listed.name);
  if (gpu !== undefined) gpu.processes += 1;
}

/** How many processes each GPU has, once the table is over. A list that names any was printed where processes are seen. */
function emitCounts({ gpus, lists, at }: Open, out: Output): void {
  if (!lists || at === null || at === undefined) return;
  const seesAny = [...gpus.values()].some(({ processes }) => processes > 0);
  for (const { entity, used, processes } of gpus.values()) {
    if (seesAny || provenProcesses(processes, used)) out.reading({ entity, at, values: { 'gpu.processes': processes } });
  }
}
