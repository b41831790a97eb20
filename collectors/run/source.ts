import {
  type Batch,
  cleanText,
  type Clock,
  cut,
  entityKey,
  type EntityRef,
  faultOfEntity,
  faultOfValue,
  type MetricId,
  type Reading,
  type Rejection,
  type SourceEvent,
  type Statement,
  type Table,
} from '../../core/readings/index.ts';
import type { ParseContext } from '../collector/index.ts';
import { growTable, type GrowTable } from './grow-table.ts';
import { openReaders, type Recognise } from './readers.ts';

/** Rejections kept word for word per source; beyond that they are only counted. */
const MAX_REJECTIONS = 100;
/** Events kept per source. */
const MAX_EVENTS = 1_000;
/** Entities kept per source: a node's processes come and go, a log can name any number of them. */
const MAX_ENTITIES = 5_000;

/** Statements kept per source, and of each the sentences, their characters and the figures: a profile names thousands of kernels. */
const MAX_STATEMENTS = 50;
const MAX_SENTENCES = 100;
const MAX_SENTENCE = 600;
const MAX_FIGURES = 1_000;

/** What one collector made of one file, as columns. */
export interface SourceData {
  readonly file: string;
  /** Null where no collector knows the format. */
  readonly collector: string | null;
  readonly clock: Clock;
  readonly zoneless: boolean;
  readonly tables: readonly Table[];
  readonly events: readonly SourceEvent[];
  readonly readings: number;
  readonly rejected: readonly Rejection[];
  readonly rejectedCount: number;
  /** What it says without a series; left out where there is nothing. */
  readonly statements?: readonly Statement[];
  /** What the reader should know: merged rows, entities left out. */
  readonly notes: readonly string[];
}

export interface OpenSource {
  /** False once the head was seen and no collector knows the format: the rest need not be read. */
  feed(text: string): boolean;
  /** One entry per collector that read the file (a job's log may hold several tools' output); one with `collector: null` when none did. */
  end(): SourceData[];
}

/** Reads one source of unknown format, fed in pieces; memory is bounded whatever its length. */
export function openSource({ file: named, context, recognise }: { file: string; context: ParseContext; recognise: Recognise }): OpenSource {
  const file = cleanText(named);
  const readers = openReaders({ context: { ...context, file }, recognise });
  const sinks: ReturnType<typeof openSink>[] = [];
  const keep = (batches: readonly Batch[]): void => batches.forEach((batch, index) => (sinks[index] ??= openSink()).take(batch));

  return {
    feed(text) {
      keep(readers.feed(text));
      return readers.state !== 'unknown';
    },
    end() {
      keep(readers.end());
      if (readers.state === 'unknown') return [unreadable(file, readers.head.trim() === '')];
      const data = readers.collectors.flatMap((id, index) => sinks[index]?.close(file, id) ?? []);
      // Of the several that look for their lines in a log, those that found some.
      const found = data.filter((one) => one.readings > 0 || one.events.length > 0 || one.tables.length > 0 || one.statements !== undefined);
      return found.length > 0 ? found : data.slice(0, 1);
    },
  };
}

function unreadable(file: string, empty: boolean): SourceData {
  const reason = empty
    ? 'the file is empty'
    : "unknown format: expected the output of nvidia-smi, nvtop, nvitop, gpustat, tegrastats, htop, top, dcgmi, a Prometheus or Grafana export, an engine's or trainer's log, or a result (nsys stats, ncu, a serving benchmark, seff)";
  return {
    file,
    collector: null,
    clock: 'ordinal',
    zoneless: false,
    tables: [],
    events: [],
    readings: 0,
    rejected: [{ line: 1, reason, text: '' }],
    rejectedCount: 1,
    notes: [],
  };
}

/** A source whose reader is the caller's: what it says and nothing else, or why it says nothing. */
export function toldSource(named: string, collector: string, told: readonly Statement[] | string): SourceData {
  const file = cleanText(named);
  const statements = typeof told === 'string' ? [] : told.slice(0, MAX_STATEMENTS).map(bounded);
  const rejected = typeof told === 'string' ? [{ line: 1, reason: cleanText(told), text: '' }] : [];
  return {
    file,
    collector,
    clock: 'ordinal',
    zoneless: false,
    tables: [],
    events: [],
    readings: 0,
    rejected,
    rejectedCount: rejected.length,
    notes: [],
    ...(statements.length === 0 ? {} : { statements }),
  };
}

function openSink() {
  const tables = new Map<string, GrowTable>();
  const events: SourceEvent[] = [];
  const rejected: Rejection[] = [];
  const statements: Statement[] = [];
  let rejectedCount = 0;
  let readings = 0;
  let clock: Clock | null = null;
  let toldOn: Clock | null = null; // the clock of events, where there is no reading
  let zoneless = false;
  let otherClock = 0;
  const leftOut = new Set<string>();
  const refused = newRefusals();

  const tableOf = (entity: EntityRef): GrowTable | null => {
    const key = entityKey(entity);
    const known = tables.get(key);
    if (known !== undefined) return known;
    const fault = faultOfEntity(entity);
    if (fault !== null) {
      refused.name(fault.reason);
      return null;
    }
    if (tables.size >= MAX_ENTITIES) {
      if (leftOut.size < MAX_ENTITIES) leftOut.add(key);
      return null;
    }
    const table = growTable(entity);
    tables.set(key, table);
    return table;
  };

  return {
    take(batch: Batch) {
      if (batch.readings.length > 0) clock ??= batch.clock;
      if (batch.events.some(({ at }) => at !== null)) toldOn = batch.clock;
      zoneless ||= batch.zoneless;
      // Two clocks in one source (a dated log with an undated table in it) cannot be laid side by side reading by reading.
      if (batch.readings.length > 0 && batch.clock !== clock) otherClock += batch.readings.length;
      else {
        for (const reading of batch.readings) {
          readings += 1;
          const values = refused.without(reading.values);
          if (values !== null) tableOf(reading.entity)?.add(reading.at, values);
        }
      }
      for (const fact of batch.facts) tableOf(fact.entity)?.setFact(fact.name, cleanText(fact.value));
      for (const event of batch.events) {
        if (events.length >= MAX_EVENTS) break;
        const fault = event.entity === null ? null : faultOfEntity(event.entity);
        if (fault === null) events.push({ ...event, text: cleanText(event.text) });
        else refused.name(fault.reason);
      }
      for (const one of batch.statements ?? []) if (statements.length < MAX_STATEMENTS) statements.push(bounded(one));
      rejectedCount += batch.rejected.length;
      for (const one of batch.rejected)
        if (rejected.length < MAX_REJECTIONS) rejected.push({ ...one, reason: cleanText(one.reason), text: cleanText(one.text) });
    },
    close(file: string, collector: string): SourceData {
      const notes: string[] = [];
      const merged = Math.max(1, ...[...tables.values()].map((table) => table.merged));
      if (merged > 1) notes.push(`${file}: so long that ${merged} neighbouring samples were averaged into one`);
      if (leftOut.size > 0) notes.push(`${file}: more than ${MAX_ENTITIES} entities; at least ${leftOut.size} were left out`);
      notes.push(...refused.told().map((text) => `${file}: ${text}`));
      if (otherClock > 0) notes.push(`${file}: ${otherClock} readings without a date among dated ones were left out`);
      return {
        file,
        collector,
        clock: clock ?? toldOn ?? 'ordinal',
        zoneless,
        readings,
        events,
        tables: [...tables.values()].map((table) => table.table()),
        rejected,
        rejectedCount,
        notes,
        ...(statements.length === 0 ? {} : { statements }),
      };
    },
  };
}

/** What no door lets in, as ingest says it of what is sent: values that cannot be, and names that nobody could ask for. */
function newRefusals() {
  const values = { count: 0, first: '' };
  const names = { count: 0, first: '' };
  const note = (of: typeof values, reason: string): void => {
    if (of.count === 0) of.first = reason;
    of.count += 1;
  };
  return {
    name: (reason: string) => note(names, reason),
    /** The values that can be; null where none of them can. */
    without(given: Reading['values']): Reading['values'] | null {
      const bad = new Set<string>();
      for (const key in given) {
        const id = key as MetricId; // a parse boundary: keys of a reading's values are metric ids
        const value = given[id];
        const fault = value === undefined ? null : faultOfValue(id, value);
        if (fault === null) continue;
        note(values, `${id}: ${fault}`);
        bad.add(id);
      }
      if (bad.size === 0) return given;
      const kept = Object.entries(given).filter(([id]) => !bad.has(id));
      return kept.length === 0 ? null : Object.fromEntries(kept);
    },
    told: () => [
      ...(values.count === 0 ? [] : [`${values.count} values that cannot be were taken as absent, the first ${values.first}`]),
      ...(names.count === 0 ? [] : [`${names.count} lines about things whose names cannot be kept were left out: ${names.first}`]),
    ],
  };
}

/** A statement of a size that a page can show, whatever the text was. */
function bounded({ tool, says, figures, instead }: Statement): Statement {
  const short = (given: string) => {
    const text = cleanText(given);
    return text.length <= MAX_SENTENCE ? text : `${cut(text, MAX_SENTENCE)}…`;
  };
  return {
    tool: short(tool),
    says: says.slice(0, MAX_SENTENCES).map(short),
    figures: figures.slice(0, MAX_FIGURES),
    instead: instead === null ? null : short(instead),
  };
}
