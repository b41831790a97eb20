import { formatDuration, type Statement } from '../../../core/readings/index.ts';
import { figure } from '../kit/index.ts';
import { addTo, type CopyKind, type Profile, profileStatement } from './profile.ts';
import { type Gap, openTimeline } from './timeline.ts';

/** One stretch of work of a GPU: a row of nsys's tables of kernels, copies, memsets and graphs. Nanoseconds, bytes. */
export interface GpuRow {
  readonly start: number;
  readonly end: number;
  readonly device: number;
  readonly what: 'kernel' | 'copy' | 'memset' | 'graph';
  /** Of a kernel. */
  readonly name: string;
  readonly bytes: number | null;
  /** CUPTI's number of a copy's direction. */
  readonly copyKind: number | null;
}

/** A call of CUDA's API on a thread of the CPU; nanoseconds on the same clock. */
interface CallRow {
  readonly start: number;
  readonly end: number;
  readonly name: string;
}

/** The rows of an nsys database, fed by whoever opened it. Memory is bounded whatever their number. */
export interface NsysRows {
  /** In order of `start`; all of them before the first call. */
  gpu(row: GpuRow): void;
  call(row: CallRow): void;
  /** A named range of the program, all its times together; nanoseconds. */
  range(name: string, nanoseconds: number, count: number): void;
  statements(): readonly Statement[];
}

/** CUPTI's numbers (CUpti_ActivityMemcpyKind). */
const DIRECTIONS: Readonly<Record<number, CopyKind>> = { 1: 'hostToDevice', 2: 'deviceToHost', 8: 'deviceToDevice', 10: 'peerToPeer' };
/** A call stands for a gap where it fills more than half of it. */
const FILLS = 0.5;

/** What the CPU does in a call, by its name; first match wins. */
const CALLS: readonly (readonly [id: string, pattern: RegExp, words: string])[] = [
  ['synchronising', /Synchronize|EventQuery|StreamQuery|WaitEvent/, 'waiting in a CUDA synchronisation (for another GPU, or to wake up)'],
  ['copying', /Memcpy|Memset/, 'in a CUDA copy (memory that is not pinned is copied twice)'],
  ['allocating', /Alloc|Free/, 'allocating or freeing memory'],
  ['loading', /Module|Library|LinkAdd|GetFunction|GetProcAddress/, 'loading kernels'],
  ['launching', /Launch/, 'launching kernels'],
];
const OUTSIDE = { id: 'hostCode', words: 'outside CUDA (host code: data loading, Python, a scheduler, waiting for requests)' };
const OTHER = { id: 'otherCalls', words: 'in other CUDA calls' };

/** Nothing read yet. */
export function openNsysRows(): NsysRows {
  const timeline = openTimeline();
  const profile: Profile = { kernels: new Map(), kernelSeconds: null, copies: new Map(), calls: new Map(), system: new Map(), ranges: new Map(), timeline };
  let gaps: { readonly gap: Gap; readonly calls: Map<string, number> }[] | null = null;
  let any = false;

  return {
    gpu({ start, end, device, what, name, bytes, copyKind }) {
      any = true;
      timeline.add(device, start, end);
      const seconds = (end - start) / 1e9;
      // A graph traced as a whole hides its kernels: it is busy time of no kind.
      if (what === 'graph') return addTo(profile.kernels, 'CUDA graph (its kernels were not traced: --cuda-graph-trace=node)', seconds, 1);
      if (what === 'kernel') return addTo(profile.kernels, name, seconds, 1);
      const kind = what === 'memset' ? 'memset' : copyKind === null ? undefined : DIRECTIONS[copyKind];
      if (kind === undefined) return;
      const known = profile.copies.get(kind);
      if (known === undefined) profile.copies.set(kind, { seconds, count: 1, bytes });
      else {
        known.seconds += seconds;
        known.count += 1;
        if (bytes !== null) known.bytes = (known.bytes ?? 0) + bytes;
      }
    },
    call({ start, end, name }) {
      gaps ??= timeline.largest().map((gap) => ({ gap, calls: new Map() }));
      addTo(profile.calls, name.replace(/_v\d+$/, ''), (end - start) / 1e9, 1);
      for (const { gap, calls } of gaps) {
        const overlap = Math.min(end, gap.to) - Math.max(start, gap.from);
        if (overlap <= 0) continue;
        const { id } = classOf(name);
        calls.set(id, (calls.get(id) ?? 0) + overlap);
      }
    },
    range: (name, nanoseconds, count) => addTo(profile.ranges, name, nanoseconds / 1e9, count),
    statements() {
      const causes = causesOf(gaps ?? []);
      const statement = any ? profileStatement('an nsys recording (Nsight Systems, SQLite export)', profile, gapLines(causes)) : null;
      if (statement === null) return [];
      return [{ ...statement, figures: [...statement.figures, ...causes.flatMap(({ id, seconds }) => figure(`gapTime.${id}`, seconds, 'seconds'))] }];
    },
  };
}

function classOf(name: string): { id: string; words: string } {
  const found = CALLS.find(([, pattern]) => pattern.test(name));
  return found === undefined ? OTHER : { id: found[0], words: found[2] };
}

interface Cause {
  readonly id: string;
  readonly gaps: number;
  readonly seconds: number;
}

/** What the CPU did in the gaps, each gap counted once, the longest time first. */
function causesOf(gaps: readonly { readonly gap: Gap; readonly calls: ReadonlyMap<string, number> }[]): Cause[] {
  const causes = new Map<string, Cause>();
  for (const { gap, calls } of gaps) {
    const length = gap.to - gap.from;
    const [best] = [...calls].sort(([, a], [, b]) => b - a);
    const id = best !== undefined && best[1] > FILLS * length ? best[0] : OUTSIDE.id;
    const known = causes.get(id);
    causes.set(id, { id, gaps: (known?.gaps ?? 0) + 1, seconds: (known?.seconds ?? 0) + length / 1e9 });
  }
  return [...causes.values()].sort((a, b) => b.seconds - a.seconds);
}

function gapLines(causes: readonly Cause[]): string[] {
  if (causes.length === 0) return [];
  const wordsOf = (id: string): string => [OUTSIDE, OTHER].find((one) => one.id === id)?.words ?? CALLS.find(([one]) => one === id)?.[2] ?? id;
  const gaps = causes.reduce((sum, cause) => sum + cause.gaps, 0);
  return [
    gaps === 1 ? 'In the only long gap the CPU was:' : `In the ${gaps} longest gaps the CPU was:`,
    ...causes.map((cause) => `  ${wordsOf(cause.id)}: ${cause.gaps} ${cause.gaps === 1 ? 'gap' : 'gaps'}, ${formatDuration(cause.seconds)}.`),
  ];
}
