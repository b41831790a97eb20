import { LAUNCH_SECONDS } from '../../../core/knowledge/index.ts';
import { formatDuration, formatPercent, formatValue, type Statement, type StatementFigure } from '../../../core/readings/index.ts';
import { figure, sentence } from '../kit/index.ts';
import { KERNEL_KINDS, KIND_LABELS, type KernelKind, kernelKind, shortKernel } from './kinds.ts';
import type { Timeline } from './timeline.ts';

/** Time and times of one name. Seconds. */
export interface Total {
  seconds: number;
  count: number;
}

/** What nsys recorded, however it was exported; seconds and bytes. */
export interface Profile {
  /** By the kernel's whole name. */
  readonly kernels: Map<string, Total>;
  /** Time of all kernels, also of those that are not listed; null where the list is whole. */
  kernelSeconds: number | null;
  readonly copies: Map<CopyKind, Total & { bytes: number | null }>;
  /** Calls of CUDA's API on the CPU. */
  readonly calls: Map<string, Total>;
  /** Calls of the operating system, of all threads together. */
  readonly system: Map<string, Total>;
  /** Named ranges of the program (NVTX). */
  readonly ranges: Map<string, Total>;
  readonly timeline: Timeline | null;
}

const COPY_KINDS = ['hostToDevice', 'deviceToHost', 'deviceToDevice', 'peerToPeer', 'memset'] as const;
export type CopyKind = (typeof COPY_KINDS)[number];
const COPY_LABELS: Readonly<Record<CopyKind, string>> = {
  hostToDevice: 'host to GPU',
  deviceToHost: 'GPU to host',
  deviceToDevice: 'within a GPU',
  peerToPeer: 'between GPUs',
  memset: 'memset',
};

/** Names kept of each sort; what comes after them is added up under one. */
const MOST_NAMES = 20_000;
const REST = 'other names';
const TOP = 5;
/** Adds to a name's total. */
export function addTo(totals: Map<string, Total>, name: string, seconds: number, count: number): void {
  const key = totals.has(name) || totals.size < MOST_NAMES ? name : REST;
  const known = totals.get(key);
  if (known === undefined) totals.set(key, { seconds, count });
  else {
    known.seconds += seconds;
    known.count += count;
  }
}

/** The direction of a copy by the words that nsys uses; null where it is none of them. */
export function copyKind(operation: string): CopyKind | null {
  if (/memset/i.test(operation)) return 'memset';
  if (/HtoD|Host-to-Device/i.test(operation)) return 'hostToDevice';
  if (/DtoH|Device-to-Host/i.test(operation)) return 'deviceToHost';
  if (/DtoD|Device-to-Device/i.test(operation)) return 'deviceToDevice';
  return /PtoP|Peer-to-Peer/i.test(operation) ? 'peerToPeer' : null;
}

const total = (totals: Iterable<Total>, of: keyof Total): number => [...totals].reduce((sum, one) => sum + one[of], 0);
const largest = (totals: ReadonlyMap<string, Total>, most: number): [string, Total][] =>
  [...totals].sort(([, a], [, b]) => b.seconds - a.seconds).slice(0, most);

/** What a profile says; `gaps` are sentences on the largest of its gaps. Null where it holds nothing of a GPU. */
export function profileStatement(tool: string, profile: Profile, gaps: readonly string[] = []): Statement | null {
  const { kernels, copies, calls, system, ranges, timeline } = profile;
  if ([kernels, copies, calls, system, ranges].every(({ size }) => size === 0)) return null;
  const listed = total(kernels.values(), 'seconds');
  const all = Math.max(listed, profile.kernelSeconds ?? listed);
  const kinds = new Map<KernelKind, number>();
  for (const [name, { seconds }] of kernels) kinds.set(kernelKind(name), (kinds.get(kernelKind(name)) ?? 0) + seconds);
  const copied = total(copies.values(), 'seconds');
  return {
    tool,
    says: [
      ...mixLine(kinds, all, listed),
      ...largest(kernels, TOP).map(
        ([name, one]) =>
          `  ${shortKernel(name)} (${kernelKind(name)}): ${formatPercent(all > 0 ? one.seconds / all : null)}, ${one.count} ${one.count === 1 ? 'time' : 'times'}, ${formatDuration(one.seconds / one.count)} each.`,
      ),
      ...shortLine(kernels, listed),
      ...((kinds.get('collective') ?? 0) > 0.1 * all
        ? ['NCCL’s kernels also wait on the GPU for the slowest rank: their time is the most that the links can cost, and a late rank looks the same.']
        : []),
      ...copyLines(copies),
      ...idleLines(timeline),
      ...gaps,
      ...callLine('Of the CPU’s time in CUDA calls', calls),
      ...callLine('Of the time of all threads in calls of the system, most of it waiting', system),
      ...(kernels.size === 0 ? ['It lists no kernel: “nsys stats --report cuda_gpu_kern_sum,cuda_gpu_mem_time_sum FILE” does.'] : []),
      ...rangeLine(ranges),
    ],
    figures: [
      ...figure('kernelTime', kernels.size === 0 ? null : all, 'seconds'),
      ...figure('kernels', kernels.size === 0 ? null : total(kernels.values(), 'count'), 'count'),
      // Of a list that is cut off the kinds that it does not name are unknown, not zero.
      ...KERNEL_KINDS.flatMap((kind) =>
        figure(`kernelShare.${kind}`, all > 0 && (kinds.has(kind) || listed > 0.99 * all) ? (kinds.get(kind) ?? 0) / all : null, 'ratio'),
      ),
      ...copyFigures(copies, all + copied),
      ...figure('gpuIdle', timeline === null || timeline.span === 0 ? null : timeline.idle / timeline.span, 'ratio'),
      ...figure('gpuSpan', timeline === null || timeline.span === 0 ? null : timeline.span / 1e9, 'seconds'),
      ...largest(kernels, 20).flatMap(([name, { seconds }]) => figure(`kernel.${shortKernel(name)}`, all > 0 ? seconds / all : null, 'ratio')),
    ],
    instead:
      'give it beside readings of the same run (headroom-record, DCGM): the profile says which kernels ran, the counters how near the GPU’s limits they came. A profiled run is slower than a free one.',
  };
}

function mixLine(kinds: ReadonlyMap<KernelKind, number>, all: number, listed: number): string[] {
  if (all <= 0) return [];
  const parts = [...kinds].sort(([, a], [, b]) => b - a).map(([kind, seconds]) => `${KIND_LABELS[kind]} ${formatPercent(seconds / all)}`);
  const rest = all - listed > 0.01 * all ? [`not listed ${formatPercent((all - listed) / all)}`] : [];
  return sentence([`Kernel time ${formatDuration(all)}: ${[...parts, ...rest].join(', ')}`]);
}

function shortLine(kernels: ReadonlyMap<string, Total>, seconds: number): string[] {
  const count = total(kernels.values(), 'count');
  if (count < 1_000 || seconds / count >= LAUNCH_SECONDS) return [];
  return [
    `${count} kernels of ${formatDuration(seconds / count)} on average are as short as their launches: the CPU may set the pace. CUDA graphs or torch.compile make fewer launches.`,
  ];
}

function copyLines(copies: Profile['copies']): string[] {
  return sentence(
    COPY_KINDS.flatMap((kind) => {
      const one = copies.get(kind);
      if (one === undefined) return [];
      const rate = one.bytes === null || one.seconds === 0 ? '' : ` (${formatValue(one.bytes / one.seconds, 'bytes/s')})`;
      return [`${COPY_LABELS[kind]} ${one.bytes === null ? '' : `${formatValue(one.bytes, 'bytes')} in `}${formatDuration(one.seconds)}${rate}`];
    }),
  ).map((text) => `Copies: ${text}`);
}

function copyFigures(copies: Profile['copies'], gpuTime: number): StatementFigure[] {
  return COPY_KINDS.flatMap((kind) => {
    const one = copies.get(kind);
    return [
      ...figure(`copyTime.${kind}`, one?.seconds, 'seconds'),
      ...figure(`copyBytes.${kind}`, one?.bytes, 'bytes'),
      ...figure(`copyShare.${kind}`, one === undefined || gpuTime <= 0 ? null : one.seconds / gpuTime, 'ratio'),
    ];
  });
}

function idleLines(timeline: Timeline | null): string[] {
  if (timeline === null || timeline.span === 0) return [];
  const [longest] = timeline.largest();
  const most = longest === undefined ? '' : `, the longest ${formatDuration((longest.to - longest.from) / 1e9)}`;
  const gaps = timeline.gaps === 0 ? '' : ` (${timeline.gaps} ${timeline.gaps === 1 ? 'gap' : 'gaps'} over 100 µs${most})`;
  return [`Nothing ran on the GPU for ${formatPercent(timeline.idle / timeline.span)} of ${formatDuration(timeline.span / 1e9)} of GPU time${gaps}.`];
}

function callLine(label: string, calls: ReadonlyMap<string, Total>): string[] {
  const all = total(calls.values(), 'seconds');
  if (all <= 0) return [];
  const parts = largest(calls, 3).map(([name, one]) => `${name} ${formatPercent(one.seconds / all)} (${one.count} calls)`);
  return [`${label} (${formatDuration(all)}): ${parts.join(', ')}.`];
}

function rangeLine(ranges: ReadonlyMap<string, Total>): string[] {
  if (ranges.size === 0) return [];
  return [
    `Longest named ranges: ${largest(ranges, 3)
      .map(([name, one]) => `${name.slice(0, 80)} ${formatDuration(one.seconds)} (${one.count} times)`)
      .join(', ')}.`,
  ];
}
