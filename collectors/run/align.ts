import { type AssumedClock, metric, type SourceEvent, type Table, withAssumption } from '../../core/readings/index.ts';
import { FARTHEST } from '../text/index.ts';
import type { SourceData } from './source.ts';

/** A tool that prints no times is taken to print once a second: dmon's, pmon's and vmstat's default. */
export const ORDINAL_PERIOD = 1;
/** Zone offsets are multiples of a quarter of an hour. */
const QUARTER = 900;

export interface Aligned {
  readonly clock: 'utc' | 'relative';
  /** In the order of the sources. */
  readonly sources: readonly {
    readonly from: number | null;
    readonly to: number | null;
    readonly tables: readonly Table[];
    readonly events: readonly SourceEvent[];
  }[];
  readonly notes: readonly string[];
}

/**
 * Puts sources on one clock. Dated sources (UTC) win; an undated one beside them is taken to start with the earliest dated
 * one, which is said. Sources with zone-less stamps that miss the others by a multiple of 15 minutes are shifted by it.
 * Ordinals become seconds at ORDINAL_PERIOD, which is said; their counters are left out, since a rate over an assumed time is made up.
 */
export function align(sources: readonly SourceData[], period: number = ORDINAL_PERIOD): Aligned {
  const notes: string[] = [];
  const dated = sources.filter((source) => source.clock === 'utc' && source.readings > 0);
  const clock = dated.length > 0 ? 'utc' : 'relative';
  const shifts = zoneShifts(dated, notes);
  const starts = dated.map((source) => (extent(source.tables)?.from ?? Number.NaN) + (shifts.get(source) ?? Number.NaN));
  const origin = clock === 'utc' ? Math.min(...starts) : Number.NaN;

  const several = sources.filter(({ readings }) => readings > 0).length > 1;
  const aligned = sources.map((source) => {
    let scale = 1;
    let assumed: AssumedClock['kind'] | null = null;
    // A log of dated messages alone says when they were: on a dated run.
    const isDated = source.clock === 'utc' && clock === 'utc';
    let offset = shifts.get(source) ?? (isDated ? 0 : Number.NaN);
    if (source.clock === 'ordinal') {
      scale = period;
      offset = clock === 'utc' ? origin : 0;
      if (source.readings > 0) {
        assumed = 'period';
        const counters = countersOf(source.tables);
        notes.push(
          `${source.file} (${source.collector ?? 'unknown'}) carries no times: one sample every ${period} s from the start is assumed${
            counters.length === 0 ? '' : `; without times no rate is known of what it counts (${listed(counters)}): print a date before each sample (date -Is)`
          }`,
        );
      }
    } else if (source.clock === 'relative') {
      const start = extent(source.tables)?.from;
      offset = clock === 'utc' ? origin - (start ?? Number.NaN) : 0;
      if (several && source.readings > 0) {
        assumed = 'start';
        notes.push(
          `${source.file} counts seconds from its own start: taken to ${clock === 'utc' ? 'start with the first dated source' : 'start together with the other sources'}`,
        );
      }
    } else if ((shifts.get(source) ?? 0) !== 0) assumed = 'zone'; // a source that was not laid over another was not shifted
    const move = (at: number) => at * scale + offset;
    const timed = marked(source.clock === 'ordinal' ? source.tables.map(withoutCounters) : source.tables, assumed, source.file);
    const tables = scale === 1 && offset === 0 ? timed : timed.map((table) => ({ ...table, t: table.t.map(move) }));
    const events = source.events.map((event) => ({ ...event, at: event.at === null || Number.isNaN(offset) ? null : move(event.at) }));
    const span = extent(tables);
    return { from: span?.from ?? null, to: span?.to ?? null, tables, events };
  });
  return { clock, sources: aligned, notes };
}

/** The tables, saying what is assumed of their clock: every rate over it, and whatever it is laid beside, is read with that in mind. One sample has no clock. */
function marked(tables: readonly Table[], kind: AssumedClock['kind'] | null, source: string): readonly Table[] {
  if (kind === null) return tables;
  return tables.map((table) =>
    table.t.length < 2 ? table : { ...table, facts: new Map([...table.facts, ['clock', withAssumption(table.facts.get('clock'), { kind, source })]]) },
  );
}

/** One sample makes no rate, and keeps what it counted. */
function withoutCounters(table: Table): Table {
  if (table.t.length < 2) return table;
  return { ...table, columns: new Map([...table.columns].filter(([id]) => metric(id).kind !== 'counter')) };
}

/** What some tables count more than once, in words. */
function countersOf(tables: readonly Table[]): string[] {
  const sampled = tables.filter(({ t }) => t.length > 1);
  return [...new Set(sampled.flatMap(({ columns }) => [...columns.keys()].filter((id) => metric(id).kind === 'counter').map((id) => metric(id).label)))];
}

function listed(names: readonly string[]): string {
  const most = 3;
  return names.length <= most ? names.join(', ') : `${names.slice(0, most).join(', ')} and ${names.length - most} more`;
}

/** Shift in seconds for each dated source: zero, or the multiple of 15 minutes that lays a zone-less source over the reference. */
function zoneShifts(dated: readonly SourceData[], notes: string[]): Map<SourceData, number> {
  const shifts = new Map<SourceData, number>(dated.map((source) => [source, 0]));
  const reference = dated.find((source) => !source.zoneless) ?? dated[0];
  const about = reference === undefined ? null : extent(reference.tables);
  if (reference === undefined || about === null) return shifts;
  for (const source of dated) {
    const span = extent(source.tables);
    if (source === reference || !source.zoneless || span === null) continue;
    if (span.from <= about.to && span.to >= about.from) continue;
    const quarters = Math.round((about.from - span.from) / QUARTER);
    const shift = quarters * QUARTER;
    const overlaps = span.from + shift <= about.to && span.to + shift >= about.from;
    // Beyond the farthest offset sources are of different times, not of different zones.
    if (!overlaps || Math.abs(shift) > FARTHEST) continue;
    shifts.set(source, shift);
    notes.push(
      `${source.file} names no time zone and misses ${reference.file} by ${formatOffset(shift)}: shifted by it (name the time zone of the files to decide)`,
    );
  }
  return shifts;
}

/** First and last instant of some tables; null when they hold no reading. */
function extent(tables: readonly Table[]): { from: number; to: number } | null {
  let from = Number.POSITIVE_INFINITY;
  let to = Number.NEGATIVE_INFINITY;
  for (const { t } of tables) {
    const first = t[0];
    const last = t[t.length - 1];
    if (first === undefined || last === undefined) continue;
    from = Math.min(from, first);
    to = Math.max(to, last);
  }
  return from <= to ? { from, to } : null;
}

function formatOffset(seconds: number): string {
  const minutes = Math.abs(seconds) / 60;
  return `${seconds < 0 ? '−' : '+'}${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
