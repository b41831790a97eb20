import { type EntityRef, formatLimits, type MetricId, plausible } from '../core/readings/index.ts';
import type { Collector, ParseContext, Session } from './collector/index.ts';
import { redactCommand, tellCommand } from './command-line/index.ts';
import { busIdIn, gpuScope, type GpuScope, provenProcesses } from './nvidia-smi/index.ts';
import {
  hasAny,
  isJsonList,
  isJsonObject,
  type Json,
  jsonCutter,
  output,
  type Output,
  parseLooseJson,
  quantity,
  type Quantity,
  type UnitName,
  type Values,
} from './text/index.ts';

/**
 * `nvtop -s`: an array of devices, once or again and again. All values are strings or null. Schemas: 3.1 (eight fields), 3.3 (processes,
 * memory sizes; commas missing) and the extended one (PCIe, limits). It names no GPU: `#0`, `#1` … in its order, which counts every vendor's.
 */
export const nvtop: Collector = {
  id: 'nvtop',
  title: 'nvtop -s (JSON)',
  entities: ['gpu', 'process'],
  sniff(head) {
    if (!/^\s*[[\]{}"]/.test(head)) return 0; // a recording may begin in the middle of a device
    if (!/"device_name"\s*:/.test(head)) return 0;
    return /"(?:gpu_util|gpu_clock|mem_util)"\s*:/.test(head) ? 0.97 : 0.6;
  },
  open: openNvtop,
};

/** `mem_util` is used ÷ total, so it is the occupancy, never the NVML utilisation. */
const FIELDS: readonly { readonly key: string; readonly metric: MetricId; readonly unit: UnitName }[] = [
  { key: 'gpu_util', metric: 'gpu.util', unit: '%' },
  { key: 'mem_util', metric: 'gpu.memOccupancy', unit: '%' },
  { key: 'mem_total', metric: 'gpu.memTotal', unit: 'B' },
  { key: 'mem_used', metric: 'gpu.memUsed', unit: 'B' },
  { key: 'gpu_clock', metric: 'gpu.smClock', unit: 'MHz' },
  { key: 'gpu_clock_max', metric: 'gpu.smClockMax', unit: 'MHz' },
  { key: 'mem_clock', metric: 'gpu.memClock', unit: 'MHz' },
  { key: 'temp', metric: 'gpu.temp', unit: 'C' },
  { key: 'fan_speed', metric: 'gpu.fan', unit: '%' },
  { key: 'power_draw', metric: 'gpu.power', unit: 'W' },
  { key: 'power_draw_max', metric: 'gpu.powerLimit', unit: 'W' },
  { key: 'encode', metric: 'gpu.enc', unit: '%' },
  { key: 'decode', metric: 'gpu.dec', unit: '%' },
  { key: 'pcie_link_gen', metric: 'gpu.pcieGen', unit: 'count' },
  { key: 'max_pcie_gen', metric: 'gpu.pcieGenMax', unit: 'count' },
  { key: 'pcie_link_width', metric: 'gpu.pcieWidth', unit: 'count' },
  { key: 'max_pcie_link_width', metric: 'gpu.pcieWidthMax', unit: 'count' },
  { key: 'pcie_rx', metric: 'gpu.pcieRx', unit: 'KB/s' }, // counted in KB/s inside nvtop
  { key: 'pcie_tx', metric: 'gpu.pcieTx', unit: 'KB/s' },
];

interface Tools {
  readonly out: Output;
  readonly scope: GpuScope;
}

type JsonObject = { readonly [key: string]: Json };

function openNvtop(context: ParseContext): Session {
  const out = output('ordinal');
  const tools = { out, scope: gpuScope(context) };
  let sweep = 0;
  let position = 0;
  const read = (text: string, line: number, cut: boolean): void => {
    const device = parseLooseJson(text, cut);
    if (cut) out.reject(line, 'the device is cut off: what stands before the cut is read', text);
    if (isJsonObject(device) && 'device_name' in device) {
      emitDevice(device, { index: String(position), at: sweep, line, cut }, tools);
      position += 1;
    } else if (!cut)
      out.reject(line, isJsonObject(device) ? 'expected a device of nvtop, with device_name' : 'not JSON, even with missing commas allowed', text);
  };
  const cutter = jsonCutter({
    bracket() {
      if (position > 0) sweep += 1;
      position = 0;
    },
    object: (text, line) => read(text, line, false),
    cut: (text, line) => read(text, line, true),
    problem: (line, reason, text) => out.reject(line, reason, text),
  });
  return {
    feed(text) {
      cutter.feed(text);
      return out.take();
    },
    end() {
      cutter.end();
      return out.last();
    },
  };
}

function emitDevice(device: JsonObject, place: { index: string; at: number; line: number; cut: boolean }, { out, scope }: Tools): void {
  const entity = scope.byIndex(place.index);
  const values: Values = {};
  for (const { key, metric, unit } of FIELDS) {
    const text = textOf(device[key]);
    const value = amount(text, unit);
    if (value === 'absent') continue;
    if (value === 'unrecognised') out.reject(place.line, `${key}: expected a number in ${unit}, or null, got "${text ?? ''}"`, `"${key}": "${text ?? ''}"`);
    else if (!plausible(metric, value))
      out.reject(place.line, `${key}: out of range, expected ${formatLimits(metric)}, got "${text ?? ''}"`, `"${key}": "${text ?? ''}"`);
    else values[metric] = value;
  }
  tellFacts(device, entity, place.index, out);
  const processes = device['processes'];
  if (isJsonList(processes)) {
    const used = values['gpu.memUsed'];
    const seen = processes.filter((listed) => emitProcess(listed, { gpu: entity, at: place.at }, { out, scope })).length;
    const all = !place.cut; // of a list that is cut off the number is not known
    if (all && provenProcesses(seen, used)) values['gpu.processes'] = seen; // others' processes may be hidden
  }
  if (values['gpu.util'] === undefined) values['gpu.present'] = 1;
  out.reading({ entity, at: place.at, values });
}

function tellFacts(device: JsonObject, entity: EntityRef, index: string, out: Output): void {
  const name = textOf(device['device_name']);
  if (name !== null && name !== '') out.fact(entity, 'name', name);
  out.fact(entity, 'index', index);
  const busId = busIdIn(textOf(device['pci']) ?? '');
  if (busId !== null) out.fact(entity, 'pciBusId', busId);
}

/** False for an entry that names no process. */
function emitProcess(listed: Json, { gpu, at }: { readonly gpu: EntityRef; readonly at: number }, { out, scope }: Tools): boolean {
  if (!isJsonObject(listed)) return false;
  const pid = textOf(listed['pid']) ?? '';
  if (!/^\d+$/.test(pid)) return false;
  const entity = scope.process(pid);
  const util = amount(textOf(listed['gpu_usage']), '%');
  const memory = amount(textOf(listed['gpu_mem_bytes_alloc']), 'B');
  const values = {
    ...(typeof util === 'number' && plausible('process.gpuUtil', util) ? { 'process.gpuUtil': util } : {}),
    ...(typeof memory === 'number' && plausible('process.gpuMem', memory) ? { 'process.gpuMem': memory } : {}),
  };
  if (hasAny(values)) out.reading({ entity, at, values });
  const command = textOf(listed['cmdline']);
  if (command !== null && command !== '') tellCommand(out, entity, redactCommand(command));
  const user = textOf(listed['user']);
  if (user !== null && user !== '') out.fact(entity, 'user', user);
  out.fact(entity, 'gpu', gpu.id);
  return true;
}

function textOf(value: Json | undefined): string | null {
  if (typeof value === 'string') return value.trim();
  return typeof value === 'number' ? String(value) : null;
}

/** `"CPU Fan"` and a speed in RPM say nothing of the fan's share; nvtop -f prints Fahrenheit. */
function amount(text: string | null, unit: UnitName): Quantity {
  if (text === null || text === 'CPU Fan' || text.endsWith('RPM')) return 'absent';
  if (unit === 'C' && text.endsWith('F')) {
    const fahrenheit = quantity(text.slice(0, -1), 'C');
    return typeof fahrenheit === 'number' ? (fahrenheit - 32) / 1.8 : fahrenheit;
  }
  return quantity(text, unit);
}
