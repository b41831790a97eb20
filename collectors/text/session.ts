import {
  type Batch,
  type Clock,
  entityKey,
  type EntityRef,
  type Fact,
  type FactName,
  type Reading,
  type Rejection,
  type SourceEvent,
  type Statement,
} from '../../core/readings/index.ts';
import { TEXT_BOUNDS } from '../bounds/index.ts';
import type { Session } from '../collector/index.ts';
import { lineSplitter } from './lines.ts';

/** A session keeps this many rejections; the rest is counted and told at the end, so that a bad 2 GB file costs no memory. */
export const MAX_REJECTED = TEXT_BOUNDS.rejected;

/** Facts that are remembered, so as not to say them again: processes come and go for months. */
const MAX_SAID = 50_000;

/** Events of one session (what says one thing a million times has said it), and how many of their texts are remembered. */
const MAX_EVENTS = 10_000;
const MAX_TOLD = 500;

/** Collects what a parser makes, until the session takes it as a batch. */
export interface Output {
  /** The clock of the readings that follow. */
  clock: Clock;
  /** Set by a parser when a stamp named no zone. */
  zoneless: boolean;
  reading(reading: Reading): void;
  /** States a fact, once: said again with the same value it is left out. */
  fact(entity: EntityRef, name: FactName, value: string): void;
  /** True once a fact of this name was stated. */
  knows(entity: EntityRef, name: FactName): boolean;
  /** An error that was stated before (of the same entity, in the same words) is left out: a loop prints it every second. */
  event(event: SourceEvent): void;
  /** What a result says: mostly at the end of its text. */
  statement(statement: Statement): void;
  /** `column` is 1-based. The text is cut at 200 characters. */
  reject(line: number, reason: string, text: string, column?: number): void;
  /** What was collected since the last call. */
  take(): Batch;
  /** The same at the end of the session: says how many rejections were left out. */
  last(): Batch;
}

/** Nothing collected yet, on this clock until a parser finds another. */
export function output(clock: Clock): Output {
  let readings: Reading[] = [];
  let facts: Fact[] = [];
  let events: SourceEvent[] = [];
  let rejected: Rejection[] = [];
  let statements: Statement[] = [];
  let refused = 0;
  let lastRefusedLine = 0;
  let happened = 0;
  const told = new Set<string>();
  const said = new Map<string, string>();
  const wasTold = ({ kind, entity, text }: SourceEvent): boolean => {
    const key = `${kind} ${entity?.id ?? ''} ${text}`;
    if (told.has(key)) return true;
    if (told.size >= MAX_TOLD) told.clear();
    told.add(key);
    return false;
  };
  const out: Output = {
    clock,
    zoneless: false,
    reading(reading) {
      readings.push(reading);
    },
    fact(entity, name, value) {
      const key = `${entityKey(entity)} ${name}`;
      if (said.get(key) === value) return;
      if (said.size >= MAX_SAID) said.clear(); // then said again, which does no harm
      said.set(key, value);
      facts.push({ entity, name, value });
    },
    knows: (entity, name) => said.has(`${entityKey(entity)} ${name}`),
    event(event) {
      if (happened >= MAX_EVENTS || (isState(event) && wasTold(event))) return;
      happened += 1;
      events.push({ ...event, text: quote(event.text) });
    },
    statement(statement) {
      statements.push(statement);
    },
    reject(line, reason, text, column) {
      refused += 1;
      lastRefusedLine = line;
      if (refused > MAX_REJECTED) return;
      rejected.push({ line, ...(column === undefined ? {} : { column }), reason, text: quote(text) });
    },
    take() {
      const batch: Batch = { clock: out.clock, zoneless: out.zoneless, readings, facts, events, rejected, ...(statements.length === 0 ? {} : { statements }) };
      readings = [];
      facts = [];
      events = [];
      rejected = [];
      statements = [];
      return batch;
    },
    last() {
      if (refused > MAX_REJECTED) {
        rejected.push({ line: lastRefusedLine, reason: `${refused - MAX_REJECTED} more places could not be read`, text: '' });
        refused = 0;
      }
      return out.take();
    },
  };
  return out;
}

/** What is wrong with a GPU or a collector lasts; a checkpoint or an Xid is each time another one. */
function isState({ kind }: SourceEvent): boolean {
  return kind === 'gpu-error' || kind === 'collector';
}

export interface LineParser {
  /** One line without its end; `number` is 1-based; `whole` is false for a last line without a line end, which may have been cut off. */
  line(text: string, number: number, whole: boolean): void;
  /** Called once, after the last line. */
  end?(): void;
}

/** A Session of a format that is read line by line. An overlong line is rejected with its number. */
export function lineSession(out: Output, parser: LineParser): Session {
  const splitter = lineSplitter({
    line: parser.line,
    overlong: (head, number, reason) => out.reject(number, reason, head),
  });
  return {
    feed(text) {
      splitter.feed(text);
      return out.take();
    },
    end() {
      splitter.end();
      parser.end?.();
      return out.last();
    },
  };
}

/** At most 200 characters, copied: a slice would keep the whole chunk that it was cut from in memory. */
export function quote(text: string): string {
  return text.length <= 12 ? text : Array.from(text.slice(0, 200)).join('');
}
