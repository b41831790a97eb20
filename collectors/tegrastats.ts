import { formatLimits, type MetricId, plausible } from '../core/readings/index.ts';
import { type Collector, hostOf, type ParseContext, type Session, UNNAMED } from './collector/index.ts';
import { gpuScope } from './nvidia-smi/index.ts';
import { lineSession, maxOf, output, type Output, parseDecimal, put, rowClock, toSi, type Values } from './text/index.ts';

/** What stands in front of a line from JetPack 5 on: `11-26-2025 14:02:00`, the month first. */
const STAMP = /^(\d\d)-(\d\d)-(\d{4}) (\d\d:\d\d:\d\d) /;
const RAM = /\bRAM (\d{1,9})\/(\d{1,9})MB\b/;
const SWAP = /\bSWAP (\d{1,9})\/\d{1,9}MB\b/;
const CPU = /\bCPU \[([^[\]]{1,2000})\]/;
/** The GPU's share of the interval, and its clock (of each cluster) in MHz where it is printed. */
const GPU = /\bGR3D_FREQ (\d{1,3})%(?:@\[?(\d{1,5}))?/;
const TEMP = /\bgpu@(-?\d{1,3}(?:\.\d{1,3})?)C\b/i;
/** The rail that feeds the GPU (not those that feed the CPU as well), by the boards' own names; now/mean, in mW (older ones print no unit). */
const RAILS: readonly RegExp[] = [/\bVDD_GPU_SOC (\d{1,7})(?:mW)?\//, /\b(?:VDD_GPU|VDD_SYS_GPU|POM_5V_GPU|GPU) (\d{1,7})(?:mW)?\/\d/];

/**
 * `tegrastats` of a Jetson: a line per interval, with a date from JetPack 5 on. CPU and GPU share one memory, so the GPU has none of its own.
 */
export const tegrastats: Collector = {
  id: 'tegrastats',
  title: 'tegrastats (Jetson)',
  entities: ['gpu', 'host'],
  sniff: (head) =>
    head.split('\n', 20).some((line) => RAM.test(line.slice(0, LONGEST)) && CPU.test(line.slice(0, LONGEST)) && GPU.test(line.slice(0, LONGEST))) ? 0.95 : 0,
  open: openTegrastats,
};

/** A board with twelve cores and all its rails prints some hundred characters. */
const LONGEST = 2_000;

function openTegrastats(context: ParseContext): Session {
  const out = output('ordinal');
  const clock = rowClock(out, context.tz ?? 'UTC');
  const gpu = gpuScope(context).byIndex('0');
  const host = hostOf(context.node ?? UNNAMED);
  let row = 0;

  return lineSession(out, {
    line(raw, number, whole) {
      const text = raw.slice(0, LONGEST);
      if (text.trim() === '') return;
      if (!RAM.test(text) || !CPU.test(text)) return out.reject(number, 'expected a line of tegrastats (RAM …/…MB … CPU […])', text);
      if (!whole) return; // its last figure may be cut
      const at = timeOf(text);
      if (at === null) return out.reject(number, clock.fault(), text);
      const checked = { out, number, text };
      out.fact(gpu, 'name', 'NVIDIA Jetson (tegrastats)');
      out.fact(gpu, 'index', '0');
      const values = gpuValues(text, checked);
      if (Object.keys(values).length > 0) out.reading({ entity: gpu, at, values });
      out.reading({ entity: host, at, values: hostValues(text, checked) });
    },
  });

  function timeOf(text: string): number | null {
    const [, month, day, year, time] = STAMP.exec(text) ?? [];
    row += 1;
    if (time !== undefined) return clock.at(`${year ?? ''}-${month ?? ''}-${day ?? ''} ${time}`, 1);
    if (out.clock !== 'ordinal') return null;
    clock.undated();
    return row - 1;
  }
}

interface Place {
  readonly out: Output;
  readonly number: number;
  readonly text: string;
}

function gpuValues(text: string, place: Place): Values {
  const values: Values = {};
  const [, busy, clock] = GPU.exec(text) ?? [];
  const rail = RAILS.map((pattern) => pattern.exec(text)?.[1]).find((found) => found !== undefined);
  take(values, 'gpu.util', percent(busy), place);
  take(values, 'gpu.smClock', scaled(clock, 'MHz'), place);
  take(values, 'gpu.power', scaled(rail, 'mW'), place);
  take(values, 'gpu.temp', parseDecimal(TEMP.exec(text)?.[1] ?? ''), place);
  return values;
}

/** `[12%@2201,off,100%@2201]`: a core that is off is none. */
function hostValues(text: string, place: Place): Values {
  const values: Values = {};
  const cores = (CPU.exec(text)?.[1] ?? '').split(',').map((core) => percent(/^\s*(\d{1,3})%/.exec(core)?.[1]));
  const on = cores.filter((core) => core !== null);
  const [, used, total] = RAM.exec(text) ?? [];
  put(values, 'host.cores', on.length > 0 ? on.length : null);
  take(values, 'host.cpu', on.length > 0 ? Math.round((on.reduce((sum, core) => sum + core, 0) / on.length) * 1e4) / 1e4 : null, place);
  take(values, 'host.cpuMaxCore', maxOf(on), place);
  take(values, 'host.memUsed', scaled(used, 'MiB'), place);
  take(values, 'host.memTotal', scaled(total, 'MiB'), place);
  take(values, 'host.swapUsed', scaled(SWAP.exec(text)?.[1], 'MiB'), place);
  return values;
}

function take(values: Values, id: MetricId, value: number | null, { out, number, text }: Place): void {
  if (value === null) return;
  if (plausible(id, value)) put(values, id, value);
  else out.reject(number, `${id}: out of range, expected ${formatLimits(id)}`, text);
}

function percent(text: string | undefined): number | null {
  const value = parseDecimal(text ?? '');
  return value === null ? null : value / 100;
}

function scaled(text: string | undefined, unit: 'MHz' | 'mW' | 'MiB'): number | null {
  const value = parseDecimal(text ?? '');
  return value === null ? null : toSi(value, unit);
}
