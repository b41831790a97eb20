import { formatDuration, formatPercent, formatValue, type Statement, own } from '../../../core/readings/index.ts';
import { splitCsv } from '../../text/index.ts';
import { figure, numberOf, resultCollector, type ResultReader, sentence } from '../kit/index.ts';
import { kernelKind, shortKernel } from './kinds.ts';

type Quantity = 'seconds' | 'dram' | 'sm' | 'tensor' | 'occupancy' | 'dramRate' | 'dramBytes' | 'tensorOps';

/** Names of metrics by what they measure; ncu prints the same under a name for people and under its counter's. */
const METRICS: readonly (readonly [Quantity, RegExp])[] = [
  ['seconds', /^(?:Duration|gpu__time_duration\.sum)$/],
  ['dram', /^(?:DRAM Throughput|(?:gpu__)?dram__throughput\.avg\.pct_of_peak_sustained_elapsed|gpu__dram_throughput\.avg\.pct_of_peak_sustained_elapsed)$/],
  ['sm', /^(?:Compute \(SM\) Throughput|SM \[%\]|sm__throughput\.avg\.pct_of_peak_sustained_elapsed)$/],
  ['tensor', /^sm__(?:inst_executed_pipe|pipe)_tensor\w{0,60}\.(?:avg|sum)\.pct_of_peak_sustained_(?:active|elapsed)$/],
  ['occupancy', /^(?:Achieved Occupancy|sm__warps_active\.avg\.pct_of_peak_sustained_active)$/],
  ['dramBytes', /^dram__bytes(?:_read|_write)?\.sum$/],
  ['tensorOps', /^sm__ops_path_tensor_src_\w{1,60}\.sum$/],
];
const PERCENT: ReadonlySet<Quantity> = new Set(['dram', 'sm', 'tensor', 'occupancy']);
/** Several counters of one launch add up. */
const SUMS: ReadonlySet<Quantity> = new Set(['dramBytes', 'tensorOps']);

const SECONDS: Readonly<Record<string, number>> = { ns: 1e-9, nsecond: 1e-9, us: 1e-6, usecond: 1e-6, ms: 1e-3, msecond: 1e-3, s: 1, second: 1 };
const BYTES: Readonly<Record<string, number>> = { byte: 1, Kbyte: 1e3, Mbyte: 1e6, Gbyte: 1e9, Tbyte: 1e12 };

/** From this share of its peak ncu calls a unit the bottleneck, and below it the kernel waits on latency. */
const BOUND = 0.6;
/** The weight of a launch whose time is not in the file, seconds. */
const ALIKE = 1e-6;
/** Different kernels kept, and those told. */
const MOST = 2_000;
const TOP = 8;

/** `ncu --csv` (pages details and raw) and the details page for people: how near the GPU's peaks each kernel comes. */
export const ncu = resultCollector({
  id: 'ncu',
  title: 'ncu (Nsight Compute)',
  sniff(head) {
    if (head.split('\n').some((line) => /^"?(?:ID"?,"?)?Process ID"?,/.test(line) && /Kernel Name"?,/.test(line.slice(0, 440)))) return 0.95;
    return /^ {2,8}Section: /m.test(head) && /^ {2,8}Metric Name +Metric (?:Unit|Value)/m.test(head) ? 0.9 : 0;
  },
  open: openNcu,
  longest: 64 * 1024,
});

/** What is known of one kernel: sums over its launches, weighted by their time, and the weight of each. */
interface Kernel {
  launches: number;
  seconds: number;
  readonly sums: Map<Quantity, { weighted: number; weight: number }>;
}

function openNcu(): ResultReader {
  const kernels = new Map<string, Kernel>();
  let columns: readonly string[] | null = null;
  let units: readonly string[] | null = null;
  let launch: { key: string; name: string; times: number; values: Map<Quantity, number>; seen: Set<string> } | null = null;

  const close = (): void => {
    if (launch !== null && launch.values.size > 0) addLaunch(kernels, launch.name, launch);
    launch = null;
  };
  const begin = (key: string, name: string, times = 1): void => {
    if (launch?.key === key) return;
    close();
    launch = { key, name, times, values: new Map(), seen: new Set() };
  };
  const take = (metric: string, unit: string, text: string): void => {
    if (launch === null || launch.seen.has(metric) || launch.seen.size > 5_000) return;
    const found = valueOf(metric, unit, text);
    if (found === null) return;
    launch.seen.add(metric);
    const before = launch.values.get(found.quantity);
    if (SUMS.has(found.quantity) && before !== undefined) launch.values.set(found.quantity, before + found.value);
    else if (found.quantity === 'tensor') launch.values.set('tensor', Math.max(before ?? 0, found.value));
    else if (before === undefined) launch.values.set(found.quantity, found.value);
  };

  return {
    line(text) {
      if (/^"?(?:ID"?,"?)?Process ID"?,/.test(text)) {
        close();
        [columns, units] = [splitCsv(text), null];
      } else if (columns !== null) csvRow(columns, text);
      else textRow(text);
    },
    statements() {
      close();
      return kernels.size === 0 ? [] : [statementOf(kernels)];
    },
  };

  function csvRow(names: readonly string[], text: string): void {
    if (!text.startsWith('"') && !/^\d/.test(text) && !text.startsWith(',')) return;
    const cells = splitCsv(text);
    const cell = (name: string): string => cells[names.indexOf(name)] ?? '';
    const name = cell('Kernel Name');
    if (names.includes('Metric Name')) {
      const value = names.includes('Metric Value') ? 'Metric Value' : 'Average'; // of a summary per kernel
      if (name === '' || cells.length < names.indexOf(value)) return;
      begin(`${cell('Process ID')} ${cell('ID')} ${name}`, name, numberOf(cell('Invocations')) ?? 1);
      return take(cell('Metric Name'), cell('Metric Unit'), cell(value));
    }
    if (cell('ID') === '') units ??= cells;
    else if (name !== '') {
      begin(`${cell('Process ID')} ${cell('ID')} ${name}`, name);
      for (const [at, metric] of names.entries()) take(metric, units?.[at] ?? '', cells[at] ?? '');
    }
  }

  function textRow(text: string): void {
    const context = text.indexOf(', Context ');
    if (/^ {2}\S/.test(text) && context > 0) {
      close();
      begin(text, text.slice(2, context).replace(/ \(\d+, \d+, \d+\)x\(\d+, \d+, \d+\)$/, ''));
      return;
    }
    if (launch === null || !/^ {4}\S/.test(text)) return;
    const parts = text.trim().split(/ {2,}/);
    const [metric = '', unit = ''] = parts;
    const value = parts.at(-1); // of a summary the average stands behind the minimum and the maximum
    if ((parts.length === 3 || parts.length === 5) && value !== undefined) take(metric, unit, value);
  }
}

function valueOf(metric: string, unit: string, text: string): { quantity: Quantity; value: number } | null {
  const number = numberOf(text);
  if (number === null) return null;
  const rate = /^([KMGT]?byte)\/s(?:econd)?$/.exec(unit)?.[1];
  if (metric === 'Memory Throughput' && rate !== undefined) {
    const step = own(BYTES, rate);
    return step === undefined ? null : { quantity: 'dramRate', value: number * step };
  }
  const quantity = METRICS.find(([, pattern]) => pattern.test(metric))?.[0];
  if (quantity === undefined) return null;
  if (PERCENT.has(quantity)) return unit === '%' && number >= 0 && number <= 105 ? { quantity, value: number / 100 } : null;
  const step = quantity === 'seconds' ? own(SECONDS, unit) : quantity === 'dramBytes' ? own(BYTES, unit) : unit === '' ? 1 : undefined;
  return step === undefined ? null : { quantity, value: number * step };
}

/** A launch, or so many alike: of a summary the values are their averages. */
function addLaunch(kernels: Map<string, Kernel>, name: string, { times, values }: { times: number; values: ReadonlyMap<Quantity, number> }): void {
  const key = name.slice(0, 2_000);
  let kernel = kernels.get(key);
  if (kernel === undefined) {
    if (kernels.size >= MOST) return;
    kernels.set(key, (kernel = { launches: 0, seconds: 0, sums: new Map() }));
  }
  const seconds = values.get('seconds');
  kernel.launches += times;
  if (seconds !== undefined) kernel.seconds += seconds * times;
  for (const [quantity, value] of values) {
    const sum = kernel.sums.get(quantity) ?? { weighted: 0, weight: 0 };
    // Amounts of a launch become rates by its time; without a time each launch counts alike.
    if (quantity === 'dramBytes' || quantity === 'tensorOps') {
      if (seconds !== undefined && seconds > 0) kernel.sums.set(quantity, { weighted: sum.weighted + value * times, weight: sum.weight + seconds * times });
    } else {
      const weight = (seconds ?? ALIKE) * times;
      kernel.sums.set(quantity, { weighted: sum.weighted + value * weight, weight: sum.weight + weight });
    }
  }
}

const meanOf = ({ sums }: Kernel, quantity: Quantity): number | null => {
  const sum = sums.get(quantity);
  return sum === undefined || sum.weight <= 0 ? null : sum.weighted / sum.weight;
};

function statementOf(kernels: ReadonlyMap<string, Kernel>): Statement {
  const all = [...kernels.values()];
  const seconds = all.reduce((sum, kernel) => sum + kernel.seconds, 0);
  const launches = all.reduce((sum, kernel) => sum + kernel.launches, 0);
  const overall = (quantity: Quantity): number | null => {
    const sums = all.flatMap((kernel) => kernel.sums.get(quantity) ?? []);
    const weight = sums.reduce((sum, one) => sum + one.weight, 0);
    return weight <= 0 ? null : sums.reduce((sum, one) => sum + one.weighted, 0) / weight;
  };
  const top = [...kernels].sort(([, a], [, b]) => b.seconds - a.seconds);
  const [dram, sm, tensor] = [overall('dram'), overall('sm'), overall('tensor')];
  return {
    tool: 'ncu’s output (Nsight Compute)',
    says: [
      ...sentence([
        `${launches} ${launches === 1 ? 'launch' : 'launches'} of ${kernels.size} ${kernels.size === 1 ? 'kernel' : 'kernels'}${seconds > 0 ? `, ${formatDuration(seconds)}` : ''}`,
      ]),
      ...(kernels.size < 2
        ? []
        : sentence([
            dram === null ? null : `weighted by time: DRAM at ${formatPercent(dram)} of its peak`,
            sm === null ? null : `compute units at ${formatPercent(sm)}`,
            tensor === null ? null : `tensor pipe at ${formatPercent(tensor)}`,
          ])),
      ...top.slice(0, TOP).flatMap(([name, kernel]) => kernelLine(name, kernel)),
      ...(top.length > TOP ? [`${top.length - TOP} more kernels.`] : []),
      'ncu runs each kernel alone and by default at a fixed clock: its times are not those of the run, its shares of the peaks are.',
    ],
    figures: [
      ...figure('ncu.kernels', kernels.size, 'count'),
      ...figure('ncu.launches', launches, 'count'),
      ...figure('ncu.dram', dram, 'ratio'),
      ...figure('ncu.sm', sm, 'ratio'),
      ...figure('ncu.tensor', tensor, 'ratio'),
      ...figure('ncu.time', seconds > 0 ? seconds : null, 'seconds'),
      ...top.slice(0, 50).flatMap(([name, kernel]) => {
        const prefix = `ncu.kernel.${shortKernel(name)}`;
        return [
          ...figure(`${prefix}.time`, kernel.seconds > 0 ? kernel.seconds : null, 'seconds'),
          ...figure(`${prefix}.dram`, meanOf(kernel, 'dram'), 'ratio'),
          ...figure(`${prefix}.dramRate`, dramRateOf(kernel), 'bytes/s'),
          ...figure(`${prefix}.sm`, meanOf(kernel, 'sm'), 'ratio'),
          ...figure(`${prefix}.tensor`, meanOf(kernel, 'tensor'), 'ratio'),
          ...figure(`${prefix}.tensorRate`, meanOf(kernel, 'tensorOps'), 'flop/s'),
          ...figure(`${prefix}.occupancy`, meanOf(kernel, 'occupancy'), 'ratio'),
        ];
      }),
    ],
    instead:
      'give it beside readings of the whole run: which kernels take the time stands in “nsys stats”, how the run went in the counters (headroom-record, DCGM).',
  };
}

const dramRateOf = (kernel: Kernel): number | null => meanOf(kernel, 'dramRate') ?? meanOf(kernel, 'dramBytes');

function kernelLine(name: string, kernel: Kernel): string[] {
  const [dram, sm, tensor, rate] = [meanOf(kernel, 'dram'), meanOf(kernel, 'sm'), meanOf(kernel, 'tensor'), dramRateOf(kernel)];
  const [ops, occupancy] = [meanOf(kernel, 'tensorOps'), meanOf(kernel, 'occupancy')];
  const parts = [
    kernel.seconds > 0 ? formatDuration(kernel.seconds / kernel.launches) : null,
    dram === null
      ? rate === null
        ? null
        : `DRAM ${formatValue(rate, 'bytes/s')}`
      : `DRAM ${formatPercent(dram)} of peak${rate === null ? '' : ` (${formatValue(rate, 'bytes/s')})`}`,
    sm === null ? null : `compute ${formatPercent(sm)}`,
    tensor === null ? null : `tensor pipe ${formatPercent(tensor)}`,
    ops === null || ops === 0 ? null : `tensor cores ${formatValue(ops, 'flop/s')}`,
    occupancy === null ? null : `occupancy ${formatPercent(occupancy)}`,
  ].filter((part) => part !== null);
  if (parts.length === 0) return [];
  return [`  ${shortKernel(name)} (${kernelKind(name)}): ${parts.join(', ')}${bound(dram, sm)}.`];
}

function bound(dram: number | null, sm: number | null): string {
  if (dram === null || sm === null) return '';
  if (dram < BOUND && sm < BOUND) return ': neither near its peak (latency, or too little work for the GPU)';
  return dram >= sm ? ': bound by DRAM' : ': bound by its arithmetic';
}
