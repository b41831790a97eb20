import { own } from '../../../core/readings/index.ts';
import { splitBlanks, splitCsv } from '../../text/index.ts';
import { numberOf, resultCollector, type ResultReader } from '../kit/index.ts';
import { addTo, copyKind, type Profile, profileStatement } from './profile.ts';
import { openTimeline } from './timeline.ts';

/** Seconds of the units in which nsys prints times (--timeunit). */
const TICKS: Readonly<Record<string, number>> = { ns: 1e-9, nsec: 1e-9, us: 1e-6, usec: 1e-6, µs: 1e-6, ms: 1e-3, msec: 1e-3, s: 1, sec: 1 };

type TableKind = 'kernels' | 'copyTime' | 'copySize' | 'calls' | 'ranges' | 'both' | 'trace';

interface Columns {
  readonly kind: TableKind;
  readonly names: readonly string[];
  readonly isCsv: boolean;
  /** Seconds of a unit of its times. */
  readonly tick: number;
}

/** `nsys stats` for people and as CSV: summaries of kernels, copies, calls and ranges, and the trace of all GPU work. */
export const nsysStats = resultCollector({
  id: 'nsys-stats',
  title: 'nsys stats (Nsight Systems)',
  sniff(head) {
    const tables = head.split('\n', 2_000).flatMap((line) => columnsOf(line.slice(0, 1_000)) ?? []);
    return tables.length === 0 ? 0 : tables[0]?.isCsv === true ? 0.95 : 0.7;
  },
  open: openNsysStats,
  longest: 8_000,
});

/** Reads the tables wherever they stand. */
export function openNsysStats(): ResultReader {
  const timeline = openTimeline();
  const profile: Profile = {
    kernels: new Map(),
    kernelSeconds: null,
    copies: new Map(),
    calls: new Map(),
    system: new Map(),
    ranges: new Map(),
    timeline: null,
  };
  const both: Profile = { ...profile, kernels: new Map(), copies: new Map() };
  let columns: Columns | null = null;
  let traced = false;
  let shareListed = 0;

  return {
    line(text) {
      const found = columnsOf(text);
      if (found !== null) columns = found;
      else if (text.trim() === '') columns = columns?.isCsv === true ? columns : null;
      else if (columns !== null) row(columns, text);
    },
    statements() {
      const listed = [...profile.kernels.values()].reduce((sum, { seconds }) => sum + seconds, 0);
      // Tables are often pasted in part: the printed shares tell how much is missing.
      if (shareListed > 0 && shareListed < 0.985) profile.kernelSeconds = listed / shareListed;
      const own = profile.kernels.size > 0 || profile.copies.size > 0 ? profile : { ...profile, kernels: both.kernels, copies: both.copies };
      const statement = profileStatement('nsys stats’ output (Nsight Systems)', { ...own, timeline: traced ? timeline : null });
      return statement === null ? [] : [statement];
    },
  };

  function row({ kind, names, isCsv, tick }: Columns, text: string): void {
    const cells = isCsv ? splitCsv(text) : splitBlanks(text, names.length);
    if (cells.length !== names.length) return;
    const cell = (name: RegExp): string => cells[names.findIndex((one) => name.test(one))] ?? '';
    const last = cells[cells.length - 1] ?? '';
    if (kind === 'trace') return trace(cell, last, tick);
    const amount = numberOf(cell(kind === 'copySize' ? /^Total \(/ : /^Total Time/));
    const count = numberOf(cell(/^(?:Instances|Count|Num Calls|Calls|Operations)$/));
    if (amount === null || count === null || last === '') return;
    if (kind === 'copySize') size(last, amount * 1e6);
    else if (kind === 'copyTime') copy(profile, last, { seconds: amount * tick, count });
    else if (kind === 'calls') addTo(/^cu[A-Z]|^cuda/.test(last) ? profile.calls : profile.system, last.replace(/_v\d+$/, ''), amount * tick, count);
    else if (kind === 'ranges') addTo(profile.ranges, last, amount * tick, count);
    else if (kind === 'both') {
      if (/MEM/.test(cell(/^Category$/))) copy(both, last, { seconds: amount * tick, count });
      else addTo(both.kernels, last, amount * tick, count);
    } else if (kind === 'kernels') {
      addTo(profile.kernels, last, amount * tick, count);
      shareListed += (numberOf(cell(/^Time ?\(%\)$/)) ?? 0) / 100;
    }
  }

  function trace(cell: (name: RegExp) => string, name: string, tick: number): void {
    const start = numberOf(cell(/^Start/));
    const duration = numberOf(cell(/^Duration/));
    if (start === null || duration === null || name === '') return;
    traced = true;
    timeline.add(cell(/^Device$/), start * tick * 1e9, (start + duration) * tick * 1e9);
    const direction = name.startsWith('[CUDA') ? copyKind(name) : null;
    if (direction === null) return addTo(both.kernels, name, duration * tick, 1);
    copy(both, name, { seconds: duration * tick, count: 1 });
    const bytes = numberOf(cell(/^Bytes \(MB\)$/));
    const known = both.copies.get(direction);
    if (bytes !== null && known !== undefined) known.bytes = (known.bytes ?? 0) + bytes * 1e6;
  }

  function size(operation: string, bytes: number): void {
    const kind = copyKind(operation);
    if (kind === null) return;
    const known = profile.copies.get(kind);
    if (known === undefined) profile.copies.set(kind, { seconds: 0, count: 0, bytes });
    else known.bytes = bytes;
  }
}

function copy({ copies }: Profile, operation: string, { seconds, count }: { seconds: number; count: number }): void {
  const kind = copyKind(operation);
  if (kind === null) return;
  const known = copies.get(kind);
  if (known === undefined) copies.set(kind, { seconds, count, bytes: null });
  else {
    known.seconds += seconds;
    known.count += count;
  }
}

/** The columns of a header line of `nsys stats`; null for any other line. Report names changed over the years, columns hardly. */
function columnsOf(line: string): Columns | null {
  const start = line.trimStart().slice(0, 20);
  if (!/^"?(?:Time ?\(%\)|Total \(|Start \()/.test(start)) return null;
  const isCsv = /^"?(?:Time ?\(%\)|Total \([A-Za-z]{1,3}\)|Start \([a-zµ]{1,4}\))"?,/.test(line.trimStart());
  const names = isCsv ? splitCsv(line) : line.trim().split(/ {2,}/);
  const kind = kindOf(names);
  // Grids are three numbers in one cell: readable between commas only.
  if (kind === null || names.some((name) => /^(?:Grid|Block)XYZ$/.test(name))) return null;
  const unit = /^(?:Total Time|Start) \(([a-zµ]{1,4})\)$/.exec(names.find((name) => /^(?:Total Time|Start) \(/.test(name)) ?? '')?.[1] ?? 'ns';
  const tick = own(TICKS, unit);
  return tick === undefined ? null : { kind, names, isCsv, tick };
}

function kindOf(names: readonly string[]): TableKind | null {
  const last = names.at(-1) ?? '';
  const has = (name: string): boolean => names.includes(name);
  const timed = names.some((name) => /^Total Time \([a-zµ]{1,4}\)$/.test(name));
  if (names.some((name) => /^Start \(/.test(name))) return names.some((name) => /^Duration \(/.test(name)) && has('CorrId') && last === 'Name' ? 'trace' : null;
  if (names[0] === 'Total (MB)') return last === 'Operation' ? 'copySize' : null;
  if (!timed) return null;
  if (last === 'Range') return 'ranges';
  if (last === 'Operation') return has('Category') ? 'both' : 'copyTime';
  if (last !== 'Name') return null;
  return has('Instances') ? 'kernels' : has('Num Calls') ? 'calls' : null;
}
