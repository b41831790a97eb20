import { isUtf8 } from 'node:buffer';
import {
  type EntityKind,
  type EntityRef,
  faultOfId,
  type Intake,
  LAST_SEQ,
  LONGEST,
  type MetricId,
  MOST,
  packedTable,
  type Table,
} from '../../core/readings/index.ts';
import type { AllowedTimes } from './check-table.ts';
import { absent, list, number, passed, past, peek, type Scan, text, UNUSUAL, word, type Word } from './scan.ts';

/** A batch whose blocks are all good; its facts and events are as they were sent. */
export interface ReadBatch extends Pick<Intake, 'source' | 'seq' | 'node' | 'job' | 'tables'> {
  readonly facts: readonly unknown[];
  readonly events: readonly unknown[];
}

/**
 * Reads a batch from its bytes, numbers straight into the arrays that are stored: an agent's usual one costs a third of what JSON.parse
 * and looking at every value afterwards do. Null for all that is unusual in any way (a refusal among it, an escape, a list before its times):
 * that is for JSON.parse and `checkBatch`, which say what is wrong. What is read here is what they would make of it.
 */
export function readBatch(bytes: Buffer, allowed: AllowedTimes): ReadBatch | null {
  if (!isUtf8(bytes)) return null;
  try {
    const scan = { bytes, at: 0 };
    const batch = batchAt(scan, allowed);
    return peek(scan) < 0 ? batch : null;
  } catch (error) {
    if (error === UNUSUAL) return null;
    throw error;
  }
}

function batchAt(scan: Scan, allowed: AllowedTimes): ReadBatch {
  const found: { source?: string; seq?: number; node?: string; job?: string; tables?: Table[]; facts?: unknown[]; events?: unknown[] } = {};
  members(scan, (key) => {
    if (key === 'source') once(found.source, () => (found.source = text(scan, 1, LONGEST.name)));
    else if (key === 'seq') once(found.seq, () => (found.seq = sequence(scan)));
    else if (key === 'node') once(found.node, () => (found.node = id(scan, 0)));
    else if (key === 'job') once(found.job, () => (found.job = id(scan, 0)));
    else if (key === 'blocks') once(found.tables, () => (found.tables = blocks(scan, allowed)));
    else if (key === 'facts') once(found.facts, () => (found.facts = parts(scan)));
    else if (key === 'events') once(found.events, () => (found.events = parts(scan)));
    else throw UNUSUAL;
  });
  const { source, seq, tables, facts = [], events = [], ...named } = found;
  if (source === undefined || seq === undefined || tables === undefined) throw UNUSUAL;
  return { source, seq, ...named, tables, facts, events };
}

/** How many numbers the last batch had: mostly the next one has as many. */
let usual = 256;

/** The numbers of all blocks, one block behind the other. */
interface Numbers {
  all: Float64Array<ArrayBuffer>;
  length: number;
}

interface Block {
  readonly entity: EntityRef;
  readonly from: number;
  readonly rows: number;
  readonly metrics: readonly MetricId[];
}

function blocks(scan: Scan, allowed: AllowedTimes): Table[] {
  const read: Block[] = [];
  const numbers: Numbers = { all: new Float64Array(usual), length: 0 };
  elements(scan, MOST.parts, () => read.push(block(scan, numbers, allowed)));
  usual = numbers.length;
  const all = numbers.all.length === numbers.length ? numbers.all : numbers.all.slice(0, numbers.length);
  return read.map(({ entity, from, rows, metrics }) => packedTable(entity, { numbers: all, from, rows, metrics }));
}

function block(scan: Scan, numbers: Numbers, allowed: AllowedTimes): Block {
  const from = numbers.length;
  let entity: EntityRef | undefined;
  let rows: number | undefined;
  let metrics: readonly MetricId[] | undefined;
  members(scan, (key) => {
    if (key === 'entity') once(entity, () => (entity = entityAt(scan)));
    else if (key === 't') once(rows, () => (rows = times(scan, numbers, allowed)));
    // Both are known by now in what our own senders write; what is written otherwise is not read here.
    else if (key === 'columns' && entity !== undefined && rows !== undefined && metrics === undefined)
      metrics = columns(scan, { kind: entity.kind, rows, numbers });
    else throw UNUSUAL;
  });
  if (entity === undefined || rows === undefined || metrics === undefined) throw UNUSUAL;
  return { entity, from, rows, metrics };
}

function entityAt(scan: Scan): EntityRef {
  let kind: EntityKind | undefined;
  let named: string | undefined;
  let node: string | undefined;
  members(scan, (key) => {
    if (key === 'kind') once(kind, () => (kind = kindAt(scan)));
    else if (key === 'id') once(named, () => (named = id(scan, 1)));
    else if (key === 'node') once(node, () => (node = id(scan, 0)));
    else throw UNUSUAL;
  });
  if (kind === undefined || named === undefined) throw UNUSUAL;
  return node === undefined ? { kind, id: named } : { kind, id: named, node };
}

function id(scan: Scan, least: number): string {
  const named = text(scan, least, LONGEST.name);
  if (named.includes('.') && faultOfId(named) !== null) throw UNUSUAL;
  return named;
}

function kindAt(scan: Scan): EntityKind {
  const { text: kind } = word(scan, undefined);
  if (kind !== 'gpu' && kind !== 'host' && kind !== 'engine' && kind !== 'process') throw UNUSUAL;
  return kind;
}

/** Takes times in order, one at least, and gives how many. */
function times(scan: Scan, numbers: Numbers, { oldest, newest }: AllowedTimes): number {
  const from = numbers.length;
  let last = Number.NEGATIVE_INFINITY;
  elements(scan, MOST.rows, () => {
    const at = number(scan);
    if (!(at > last) || at < oldest || at > newest) throw UNUSUAL;
    last = at;
    reserve(numbers, 1);
    numbers.all[numbers.length++] = at;
  });
  if (numbers.length === from) throw UNUSUAL;
  return numbers.length - from;
}

/** The words of the last block's columns: mostly the next one has the same in the same order, and then their metrics are the same array. */
let before: { readonly words: readonly Word[]; readonly metrics: readonly MetricId[] } = { words: [], metrics: [] };

/** Takes columns as long as the times, of metrics of one kind of entity, and gives their metrics. */
function columns(scan: Scan, { kind, rows, numbers }: { kind: EntityKind; rows: number; numbers: Numbers }): readonly MetricId[] {
  const words: Word[] = [];
  let same = true;
  past(scan, 0x7b);
  do {
    const likely = before.words[words.length];
    const key = word(scan, likely);
    const { metric } = key;
    same &&= key === likely;
    if (metric === null || metric.entity !== kind || (!same && words.includes(key))) throw UNUSUAL;
    words.push(key);
    past(scan, 0x3a);
    reserve(numbers, rows);
    values(scan, metric, { numbers: numbers.all, from: numbers.length, to: numbers.length + rows });
    numbers.length += rows;
  } while (passed(scan, 0x2c));
  past(scan, 0x7d);
  if (!same || words.length !== before.words.length) before = { words, metrics: words.flatMap(({ metric }) => metric?.id ?? []) };
  return before.metrics;
}

/** The part of an array that is to be filled. */
interface Part {
  readonly numbers: Float64Array;
  readonly from: number;
  readonly to: number;
}

function values(scan: Scan, { least, most }: NonNullable<Word['metric']>, { numbers, from, to }: Part): void {
  past(scan, 0x5b);
  for (let at = from; at < to; at += 1) {
    if (at > from) past(scan, 0x2c);
    if (absent(scan)) numbers[at] = Number.NaN;
    else {
      const value = number(scan);
      if (!(value >= least && value <= most)) throw UNUSUAL;
      numbers[at] = value;
    }
  }
  past(scan, 0x5d);
}

function reserve(numbers: Numbers, more: number): void {
  if (numbers.length + more <= numbers.all.length) return;
  const { all } = numbers;
  numbers.all = new Float64Array(Math.max(numbers.length + more, 2 * all.length));
  numbers.all.set(all);
}

function sequence(scan: Scan): number {
  const seq = number(scan);
  if (!Number.isInteger(seq) || seq < 0 || seq > LAST_SEQ) throw UNUSUAL;
  return seq;
}

function parts(scan: Scan): unknown[] {
  const all = list(scan);
  if (all.length > MOST.parts) throw UNUSUAL;
  return all;
}

/** An object's members in turn, by key. */
function members(scan: Scan, member: (key: string) => void): void {
  past(scan, 0x7b);
  do {
    const key = word(scan, undefined).text;
    past(scan, 0x3a);
    member(key);
  } while (passed(scan, 0x2c));
  past(scan, 0x7d);
}

/** A list's elements in turn. */
function elements(scan: Scan, most: number, element: () => void): void {
  past(scan, 0x5b);
  if (passed(scan, 0x5d)) return;
  let count = 0;
  do {
    if (++count > most) throw UNUSUAL;
    element();
  } while (passed(scan, 0x2c));
  past(scan, 0x5d);
}

/** Reads what has not been read yet: of a key that comes twice, the last one counts, and JSON.parse knows that. */
function once(known: unknown, read: () => void): void {
  if (known !== undefined) throw UNUSUAL;
  read();
}
