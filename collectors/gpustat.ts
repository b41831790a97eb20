import { type EntityRef, formatLimits, type MetricId, plausible } from '../core/readings/index.ts';
import type { Collector, ParseContext, Session } from './collector/index.ts';
import { redact, tellCommand } from './command-line/index.ts';
import { type GpuScope, gpuScope, sweepCounter, type SweepCounter } from './nvidia-smi/index.ts';
import {
  hasAny,
  isJsonList,
  isJsonObject,
  type Json,
  jsonCutter,
  lineSession,
  output,
  type Output,
  parseDecimal,
  parseLooseJson,
  parseTime,
  type RowClock,
  rowClock,
  toSi,
  type UnitName,
  type Values,
} from './text/index.ts';
import { throughScreen } from './host/index.ts';

/** `gpustat`, once or again and again (`-i`, a loop): a header with the host and the time, then a line per GPU. */
export const gpustat: Collector = {
  id: 'gpustat',
  title: 'gpustat',
  entities: ['gpu', 'process'],
  sniff: (head) =>
    plain(head)
      .split('\n', 200)
      .some((line) => SIGN.test(line.slice(0, LONGEST)))
      ? 0.93
      : 0,
  open: throughScreen(openGpustat),
};

/** `gpustat --json`: an object per look. */
export const gpustatJson: Collector = {
  id: 'gpustat-json',
  title: 'gpustat --json',
  entities: ['gpu', 'process'],
  sniff: (head) => (/^\s*\{/.test(head) && /"query_time"\s*:/.test(head) && /"gpus"\s*:\s*\[/.test(head) ? 0.95 : 0),
  open: openGpustatJson,
};

const LONGEST = 2_000;
/** Colours, which it prints into a file where it is told to. */
const COLOURS = new RegExp(`${String.fromCharCode(27)}\\[[\\d;]{0,12}m|${String.fromCharCode(27)}\\(B`, 'g');

/** Index and name; temperature and shares; memory; processes: `[0] NVIDIA A100 | 54°C, 96 %, 311 / 400 W | 71200 / 81920 MB | ana:python/8(71100M)`. */
const GPU = /^\[(\d{1,3})\] ([^|]{1,80})\|([^|]{1,120})\|([^|]{1,60})(?:\|(.*))?$/;
const SIGN = /^\[\d{1,3}\] [^|]{1,80}\|[^|%]{0,40}%[^|]{0,80}\|[^|]{1,40} MB(?:\s|$)/;
/** Newer ones print the UUID's start or the driver behind the time; the host stands first. */
const HEADER = /^(\S{1,100})\s+((?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \d{4})(?:\s+(\d[\d.]{2,20}))?\s*$/;
const OWNER = /(?:^|\s)([^\s:(/]{1,64})(?::([^\s(/]{1,200}))?(?:\/(\d{1,10}))?\((\d{1,9}|\?)M(?:B|iB)?\)/g;

interface Tools {
  readonly out: Output;
  readonly scope: GpuScope;
  readonly clock: RowClock;
  readonly sweeps: SweepCounter;
}

function toolsOf(context: ParseContext): Tools {
  const out = output('ordinal');
  return { out, scope: gpuScope(context), clock: rowClock(out, context.tz ?? 'UTC'), sweeps: sweepCounter() };
}

function openGpustat(context: ParseContext): Session {
  const tools = toolsOf(context);
  const { out, scope, clock, sweeps } = tools;
  let at: number | null = null;
  let driver: string | null = null;

  return lineSession(out, {
    line(raw, number, whole) {
      const text = plain(raw.slice(0, LONGEST)).trimEnd();
      if (text === '') return;
      const header = HEADER.exec(text);
      if (header !== null) {
        at = clock.at(header[2] ?? '', 1);
        driver = header[3] ?? null;
        if (at === null) out.reject(number, clock.fault(), text);
        return;
      }
      const gpu = GPU.exec(text);
      if (gpu === null)
        return /^\[\d/.test(text) && whole
          ? out.reject(number, 'expected a GPU as gpustat prints it: [0] name | temperature, utilisation | memory', text)
          : undefined;
      const [, index = '', name = '', state = '', memory = '', owners] = gpu;
      if (!whole) return; // its memory may be cut
      const entity = scope.byIndex(index);
      const when = at ?? undatedAt(entity);
      if (when === null) return;
      out.fact(entity, 'index', index);
      out.fact(entity, 'name', name.trim());
      if (driver !== null) out.fact(entity, 'driver', driver);
      const values = { ...stateValues(state), ...memoryValues(memory) };
      emit(entity, when, values, { out, number, text });
      if (owners !== undefined) tellOwners(owners, entity, when);
    },
  });

  function undatedAt(entity: EntityRef): number | null {
    if (out.clock !== 'ordinal') return null;
    clock.undated();
    return sweeps.of(entity.id);
  }
  /** Without `-p` a user's name is all there is: then the number of processes is what is told. */
  function tellOwners(owners: string, gpu: EntityRef, when: number): void {
    const found = [...owners.matchAll(OWNER)];
    if (found.length > 0) out.reading({ entity: gpu, at: when, values: { 'gpu.processes': found.length } });
    for (const [, user = '', command, pid, size = ''] of found) {
      if (pid === undefined) continue;
      const entity = scope.process(pid);
      const bytes = parseDecimal(size);
      if (bytes !== null) out.reading({ entity, at: when, values: { 'process.gpuMem': toSi(bytes, 'MiB') } });
      out.fact(entity, 'gpu', gpu.id);
      out.fact(entity, 'user', user);
      if (command !== undefined) tellCommand(out, entity, command);
    }
  }
}

/** `54°C, 30 %, 96 % (E: 0 %  D: 1 %), 311 / 400 W`: with `-f` the fan stands before the utilisation; `??` is a value that is not there. */
function stateValues(state: string): Values {
  const values: Values = {};
  const codecs = /\(E:\s{0,4}(\d{1,3}) %\s{1,4}D:\s{0,4}(\d{1,3}) %\)/.exec(state);
  const parts = state.replace(/\([^()]{0,60}\)/g, ' ').split(',');
  const shares = parts.flatMap((part) => (/^\s*(?:\d{1,3}|\?\?) %\s*$/.test(part) ? [/\d+/.exec(part)?.[0] ?? null] : []));
  const temp = /(-?\d{1,3})\s?(?:°C|'C|C)/.exec(state)?.[1];
  const power = /(\d{1,5}|\?\?) \/ {1,4}(\d{1,5}|\?\?) W/.exec(state);
  set(values, 'gpu.temp', temp, 'C');
  set(values, 'gpu.util', shares[shares.length - 1] ?? undefined, '%');
  if (shares.length > 1) set(values, 'gpu.fan', shares[0] ?? undefined, '%');
  set(values, 'gpu.enc', codecs?.[1], '%');
  set(values, 'gpu.dec', codecs?.[2], '%');
  set(values, 'gpu.power', power?.[1] ?? /(\d{1,5}) W/.exec(state)?.[1], 'W');
  set(values, 'gpu.powerLimit', power?.[2], 'W');
  return values;
}

/** `71200 / 81920 MB`, in MiB whatever it says. */
function memoryValues(memory: string): Values {
  const values: Values = {};
  const [, used, total] = /(\d{1,9}|\?\?) \/ {1,6}(\d{1,9}|\?\?) MB/.exec(memory) ?? [];
  set(values, 'gpu.memUsed', used, 'MiB');
  set(values, 'gpu.memTotal', total, 'MiB');
  return values;
}

function set(values: Values, id: MetricId, text: string | undefined, unit: UnitName): void {
  const value = parseDecimal(text ?? '');
  if (value !== null) values[id] = toSi(value, unit);
}

interface Place {
  readonly out: Output;
  readonly number: number;
  readonly text: string;
}

function emit(entity: EntityRef, at: number, values: Values, { out, number, text }: Place): void {
  const kept: Values = {};
  for (const id in values) {
    const metric = id as MetricId; // keys of Values are metric ids
    const value = values[metric];
    if (value === undefined) continue;
    if (plausible(metric, value)) kept[metric] = value;
    else out.reject(number, `${metric}: out of range, expected ${formatLimits(metric)}`, text);
  }
  if (kept['gpu.util'] === undefined) kept['gpu.present'] = 1; // MIG hides it
  out.reading({ entity, at, values: kept });
}

const FIELDS: readonly { readonly key: string; readonly metric: MetricId; readonly unit: UnitName }[] = [
  { key: 'temperature.gpu', metric: 'gpu.temp', unit: 'C' },
  { key: 'fan.speed', metric: 'gpu.fan', unit: '%' },
  { key: 'utilization.gpu', metric: 'gpu.util', unit: '%' },
  { key: 'utilization.enc', metric: 'gpu.enc', unit: '%' },
  { key: 'utilization.dec', metric: 'gpu.dec', unit: '%' },
  { key: 'power.draw', metric: 'gpu.power', unit: 'W' },
  { key: 'enforced.power.limit', metric: 'gpu.powerLimit', unit: 'W' },
  { key: 'memory.used', metric: 'gpu.memUsed', unit: 'MiB' },
  { key: 'memory.total', metric: 'gpu.memTotal', unit: 'MiB' },
];

type JsonObject = { readonly [key: string]: Json };

function openGpustatJson(context: ParseContext): Session {
  const tools = toolsOf(context);
  const { out } = tools;
  const cutter = jsonCutter({
    object(text, line) {
      const look = parseLooseJson(text, false);
      if (isJsonObject(look) && isJsonList(look['gpus'])) readLook(look, look['gpus'], { ...tools, line });
      else out.reject(line, 'expected an object of gpustat, with gpus', text);
    },
    cut: (text, line) => out.reject(line, 'the object is cut off', text),
    bracket: () => undefined,
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

function readLook(look: JsonObject, gpus: readonly Json[], { out, scope, clock, sweeps, line }: Tools & { readonly line: number }): void {
  const time = look['query_time'];
  const dated = typeof time === 'string' && parseTime(time) !== null ? clock.at(time, 1) : null;
  const driver = look['driver_version'];
  for (const gpu of gpus) {
    if (!isJsonObject(gpu)) continue;
    const { index, uuid, name } = gpu;
    if (typeof index !== 'number' && typeof uuid !== 'string') continue;
    if (typeof uuid === 'string') scope.learn({ uuid, ...(typeof index === 'number' ? { index: String(index) } : {}) });
    const entity = typeof uuid === 'string' ? scope.byUuid(uuid) : scope.byIndex(String(Number(index)));
    const at = dated ?? (out.clock === 'ordinal' ? sweeps.of(entity.id) : null);
    if (at === null) continue;
    if (typeof index === 'number') out.fact(entity, 'index', String(index));
    if (typeof uuid === 'string') out.fact(entity, 'uuid', uuid);
    if (typeof name === 'string') out.fact(entity, 'name', name);
    if (typeof driver === 'string') out.fact(entity, 'driver', driver);
    const values: Values = {};
    for (const { key, metric, unit } of FIELDS) {
      const value = gpu[key];
      if (typeof value === 'number') values[metric] = toSi(value, unit);
    }
    const processes = gpu['processes'];
    if (isJsonList(processes)) {
      values['gpu.processes'] = processes.length;
      for (const process of processes) if (isJsonObject(process)) readProcess(process, { gpu: entity, at }, { out, scope });
    }
    emit(entity, at, values, { out, number: line, text: '' });
  }
}

function readProcess(process: JsonObject, { gpu, at }: { readonly gpu: EntityRef; readonly at: number }, { out, scope }: Pick<Tools, 'out' | 'scope'>): void {
  const { pid, username, command, full_command: words, gpu_memory_usage: memory, cpu_percent: cpu } = process;
  if (typeof pid !== 'number') return;
  const entity = scope.process(String(pid));
  const values: Values = {};
  if (typeof memory === 'number') values['process.gpuMem'] = toSi(memory, 'MiB');
  if (typeof cpu === 'number') values['process.cpu'] = toSi(cpu, '%');
  if (hasAny(values)) out.reading({ entity, at, values });
  out.fact(entity, 'gpu', gpu.id);
  if (typeof username === 'string') out.fact(entity, 'user', username);
  const args = isJsonList(words) ? words.filter((word) => typeof word === 'string') : [];
  if (args.length > 0) tellCommand(out, entity, redact(args));
  else if (typeof command === 'string') tellCommand(out, entity, command);
}

function plain(text: string): string {
  return text.replace(COLOURS, '');
}
