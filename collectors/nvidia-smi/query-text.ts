import type { Output, RowClock } from '../text/index.ts';
import { type DeviceProcess, emitDevice, type Slice } from './device.ts';
import type { SweepCounter } from './ordinal.ts';
import { busIdIn, type GpuScope } from './scope.ts';

/** Reads the indented text of `nvidia-smi -q`. */
export interface QueryTextReader {
  /** True where the line is part of such a report. */
  line(text: string, number: number): boolean;
  end(): void;
}

interface QueryTextTools {
  readonly out: Output;
  readonly scope: GpuScope;
  readonly clock: RowClock;
  readonly sweeps: SweepCounter;
}

interface OpenGpu {
  readonly busId: string | null;
  readonly line: number;
  /** Labels joined by `/`, lower case → value and line. */
  readonly values: Map<string, { text: string; line: number }>;
  readonly path: string[];
  readonly processes: { pid: string; name?: string; memory?: string }[];
  readonly slices: Map<string, string>[];
  listsProcesses: boolean;
}

/** A GPU of `-q` has some 300 lines; with -d SUPPORTED_CLOCKS a few hundred more. */
const MOST_VALUES = 2000;

/** Each GPU goes to `out`, in SI units, when the next one or another text begins. */
export function queryTextReader(tools: QueryTextTools): QueryTextReader {
  const { clock, sweeps } = tools;
  let open: OpenGpu | null = null;
  let inReport = false;
  let head = new Map<string, string>();
  let position = 0;

  const begin = (): void => {
    close();
    inReport = true;
    head = new Map();
    position = 0;
    sweeps.next();
  };

  const close = (): void => {
    if (open === null) return;
    const gpu = open;
    open = null;
    const stamp = head.get('timestamp');
    const at = (stamp === undefined ? null : clock.at(stamp, 1)) ?? sweeps.of(`${gpu.busId ?? position}`);
    if (at !== null && gpu.values.size > 0) emitGpu(gpu, { at, position, head }, tools);
    position += 1;
  };

  return {
    line(text, number) {
      if (text.startsWith('==============NVSMI LOG')) {
        begin();
        return true;
      }
      const indent = leadingBlanks(text);
      if (indent === 0) {
        const pair = pairOf(text);
        if (pair !== null && pair.label === 'Timestamp') begin();
        if (!inReport) return false;
        if (text === '') return true;
        const gpu = /^GPU ([0-9a-f]{4,8}:[0-9a-f]{2}:[0-9a-f]{2}\.[0-9a-f])\s*$/i.exec(text)?.[1];
        close();
        if (gpu !== undefined) {
          open = { busId: busIdIn(gpu), line: number, values: new Map(), path: [], processes: [], slices: [], listsProcesses: false };
          return true;
        }
        if (pair !== null && pair.value !== null && head.size < 20) {
          head.set(pair.label.toLowerCase(), pair.value);
          return true;
        }
        inReport = false;
        return false;
      }
      if (open === null || indent % 4 !== 0) return false;
      const pair = pairOf(text) ?? { label: text.trim(), value: null };
      const depth = indent / 4 - 1;
      open.path.length = Math.min(depth, open.path.length);
      open.path.push(pair.label.toLowerCase());
      take(open, pair, number);
      return true;
    },
    end: close,
  };
}

function emitGpu(gpu: OpenGpu, { at, position, head }: { at: number; position: number; head: ReadonlyMap<string, string> }, tools: QueryTextTools): void {
  emitDevice(
    {
      get: ({ text }) => (text === undefined ? undefined : gpu.values.get(text)?.text),
      busId: gpu.busId,
      position,
      at,
      driver: head.get('driver version'),
      cuda: head.get('cuda version'),
      processes: gpu.listsProcesses ? gpu.processes.map(processOf) : null,
      slices: gpu.slices.map(sliceOf),
    },
    tools,
    ({ text = '' }, value, reason) => {
      tools.out.reject(gpu.values.get(text)?.line ?? gpu.line, `${text}: ${reason}, got "${value}"`, `${text} : ${value}`);
    },
  );
}

/** A label and its value (none for a section), at the end of the GPU's path. */
function take(gpu: OpenGpu, { label, value }: Pair, number: number): void {
  const key = label.toLowerCase();
  if (value === null && key === 'mig device' && gpu.slices.length < 64) gpu.slices.push(new Map());
  if (gpu.path[0] === 'mig device') gpu.slices.at(-1)?.set(gpu.path.slice(1).join('/'), value ?? '');
  else if (gpu.path[0] === 'processes') takeProcess(gpu, key, value);
  else if (value !== null && gpu.values.size < MOST_VALUES) {
    const path = gpu.path.join('/');
    if (!gpu.values.has(path)) gpu.values.set(path, { text: value, line: number });
  }
}

/** `Processes : None`, or a section with a `Process ID` for each. */
function takeProcess(gpu: OpenGpu, key: string, value: string | null): void {
  if (key === 'processes') gpu.listsProcesses = value === null || value === 'None';
  const last = gpu.processes.at(-1);
  if (value === null) return;
  if (key === 'process id' && gpu.processes.length < 1000) gpu.processes.push({ pid: value });
  else if (key === 'name' && last !== undefined) last.name = value;
  else if (key === 'used gpu memory' && last !== undefined) last.memory = value;
}

function processOf({ pid, name, memory }: OpenGpu['processes'][number]): DeviceProcess {
  return { pid, name, memory };
}

function sliceOf(slice: Map<string, string>): Slice {
  return {
    index: slice.get('index') ?? '?',
    gpuInstance: slice.get('gpu instance id') ?? '?',
    computeInstance: slice.get('compute instance id') ?? '?',
    uuid: undefined,
    total: slice.get('shared fb memory usage/total') ?? slice.get('fb memory usage/total'),
    used: slice.get('shared fb memory usage/used') ?? slice.get('fb memory usage/used'),
  };
}

interface Pair {
  readonly label: string;
  readonly value: string | null;
}

function pairOf(text: string): Pair | null {
  for (let at = text.indexOf(':'); at >= 0; at = text.indexOf(':', at + 1)) {
    const before = text.charAt(at - 1);
    const after = text.charAt(at + 1);
    if (before !== '' && before.trim() === '' && (after === ' ' || after === '')) return { label: text.slice(0, at).trim(), value: text.slice(at + 1).trim() };
  }
  return null;
}

function leadingBlanks(text: string): number {
  let count = 0;
  while (text.charCodeAt(count) === 32) count += 1;
  return count;
}
