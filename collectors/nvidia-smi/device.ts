import { type EntityRef, formatLimits, plausible } from '../../core/readings/index.ts';
import { tellCommand } from '../command-line/index.ts';
import { hasAny, isAbsent, type Output, quantity, type Values } from '../text/index.ts';
import { isErrorCell } from './errors.ts';
import { DEVICE_FACTS, DEVICE_ROWS, type DeviceRow } from './device-rows.ts';
import { flagOf } from './query-row.ts';
import type { GpuScope } from './scope.ts';

/** One GPU of `nvidia-smi -q`, as XML or as text. */
export interface Device {
  /** The printed text at a row of the table, undefined where the report lacks it. */
  get(row: { readonly xml: string; readonly text?: string }): string | undefined;
  readonly busId: string | null;
  /** Where the GPU stands in its report: the index, unless a selection (-i) was printed. */
  readonly position: number;
  readonly at: number;
  readonly driver: string | undefined;
  readonly cuda: string | undefined;
  /** Null where the report has no section of processes, or `N/A`. */
  readonly processes: readonly DeviceProcess[] | null;
  readonly slices: readonly Slice[];
}

export interface DeviceProcess {
  readonly pid: string;
  readonly name: string | undefined;
  readonly memory: string | undefined;
}

/** A MIG device. */
export interface Slice {
  readonly index: string;
  readonly gpuInstance: string;
  readonly computeInstance: string;
  readonly uuid: string | undefined;
  readonly total: string | undefined;
  readonly used: string | undefined;
}

/**
 * An empty list of processes is no proof in a container, which cannot see the host's. No CUDA context fits into this much
 * memory (64 MiB; an idle GPU with MIG on holds 59), so with less in use there is none.
 */
const NO_CONTEXT = 64 * 1024 ** 2;

/** True where a list of so many processes is all there is on a GPU with so many bytes in use. */
export function provenProcesses(listed: number, memoryUsed: number | undefined): boolean {
  return listed > 0 || (memoryUsed !== undefined && memoryUsed < NO_CONTEXT);
}

interface Tools {
  readonly out: Output;
  readonly scope: GpuScope;
}

/** The GPU of a report, and when. */
interface Seen {
  readonly gpu: EntityRef;
  readonly at: number;
}

/** Told about a value that was not used. */
export type BadValue = (row: DeviceRow, text: string, reason: string) => void;

/** Emits readings, facts and events of one GPU of a report. */
export function emitDevice(device: Device, { out, scope }: Tools, bad: BadValue): void {
  const entity = entityOf(device, scope);
  const values = deviceValues(device, bad, (text) => out.event({ at: device.at, entity, kind: 'gpu-error', text }));
  tellFacts(device, entity, out);
  const gpuMemory = values['gpu.memUsed'];
  if (device.processes !== null) {
    for (const listed of device.processes) emitProcess(listed, { gpu: entity, at: device.at }, { out, scope });
    if (provenProcesses(device.processes.length, gpuMemory)) values['gpu.processes'] = device.processes.length;
  }
  if (values['gpu.util'] === undefined) values['gpu.present'] = 1; // MIG and some drivers hide it: the GPU is there all the same
  if (hasAny(values)) out.reading({ entity, at: device.at, values });
  for (const slice of device.slices) emitSlice(slice, { gpu: entity, at: device.at }, { out, scope });
}

function entityOf(device: Device, scope: GpuScope): EntityRef {
  const uuid = device.get({ xml: 'uuid', text: 'gpu uuid' });
  const busId = device.busId ?? undefined;
  if (uuid !== undefined && !isAbsent(uuid)) {
    scope.learn({ uuid, ...(busId === undefined ? {} : { busId }) });
    return scope.byUuid(uuid);
  }
  const known = busId === undefined ? undefined : scope.byBusId(busId);
  if (known !== undefined && known.id !== busId) return known; // named earlier in this text, with its index or UUID
  const index = String(device.position);
  scope.learn({ index, ...(busId === undefined ? {} : { busId }) });
  return scope.byIndex(index);
}

function deviceValues(device: Device, bad: BadValue, trouble: (text: string) => void): Values {
  const values: Values = {};
  let said = false;
  for (const row of DEVICE_ROWS) {
    const text = device.get(row);
    if (text === undefined) continue;
    if (!said && isErrorCell(text)) {
      said = true;
      trouble(text);
    }
    const value = row.unit === 'flag' ? flagOf(text) : quantity(row.xml.includes('width') ? text.replace(/x$/, '') : text, row.unit);
    if (value === null || value === 'absent') continue;
    if (typeof value === 'string')
      bad(row, text, row.unit === 'flag' ? 'expected Active or Not Active' : `expected a number${row.unit === 'count' ? '' : ` in ${row.unit}`}, or N/A`);
    else if (!plausible(row.metric, value)) bad(row, text, `out of range, expected ${formatLimits(row.metric)}`);
    else {
      const before = row.sum ? values[row.metric] : undefined;
      values[row.metric] = before === undefined ? value : before + value;
    }
  }
  return values;
}

function tellFacts(device: Device, entity: EntityRef, out: Output): void {
  for (const { xml, text, fact } of DEVICE_FACTS) {
    const value = device.get({ xml, text });
    if (value !== undefined && !isAbsent(value)) out.fact(entity, fact, value);
  }
  if (device.busId !== null) out.fact(entity, 'pciBusId', device.busId);
  if (device.driver !== undefined) out.fact(entity, 'driver', device.driver);
  if (device.cuda !== undefined && !isAbsent(device.cuda)) out.fact(entity, 'cuda', device.cuda);
}

function emitProcess(listed: DeviceProcess, { gpu, at }: Seen, { out, scope }: Tools): void {
  if (!/^\d+$/.test(listed.pid)) return;
  const entity = scope.process(listed.pid);
  const memory = memoryIn(listed.memory, 'process.gpuMem');
  if (hasAny(memory)) out.reading({ entity, at, values: memory });
  out.fact(entity, 'gpu', gpu.id);
  if (listed.name !== undefined && !isAbsent(listed.name)) tellCommand(out, entity, listed.name);
}

function emitSlice(slice: Slice, { gpu: parent, at }: Seen, { out, scope }: Tools): void {
  const entity = slice.uuid === undefined ? scope.slice(parent, { ...slice, device: slice.index }) : scope.byUuid(slice.uuid);
  tellSlice({ ...slice, entity, parent, at }, out);
}

/** What is known of a MIG slice: it has its own memory (MiB as printed); the utilisation of each is hidden. */
export function tellSlice(
  slice: Pick<Slice, 'index' | 'gpuInstance' | 'computeInstance' | 'total' | 'used'> & { entity: EntityRef; parent: EntityRef; at: number },
  out: Output,
): void {
  const { entity, parent, at } = slice;
  out.fact(entity, 'parent', parent.id);
  out.fact(entity, 'migMode', `Enabled: GPU instance ${slice.gpuInstance}, compute instance ${slice.computeInstance}, device ${slice.index}`);
  out.reading({
    entity,
    at,
    values: { 'gpu.present': 1, ...memoryIn(slice.total, 'gpu.memTotal'), ...memoryIn(slice.used, 'gpu.memUsed') },
  });
}

/** A memory size as printed (`26 MiB`, or a number of MiB); nothing where it is none, or none that can be. */
export function memoryIn(text: string | undefined, metric: 'gpu.memTotal' | 'gpu.memUsed' | 'process.gpuMem'): Values {
  const value = quantity(text ?? '', 'MiB');
  return typeof value === 'number' && plausible(metric, value) ? { [metric]: value } : {};
}
