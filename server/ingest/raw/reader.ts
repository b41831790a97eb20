import type { Collector, ParseContext, Session } from '../../../collectors/collector.ts';
import { collectorById } from '../../../collectors/registry.ts';
import { HEAD, recognise } from '../../../collectors/sniff.ts';
import { type Batch, blockFromTable, type EntityRef, LONGEST, type Rejection, tablesOf, wireEntity } from '../../../core/readings/index.ts';
import type { IngestBatch } from '../../../core/contract/index.ts';
import { Problem } from '../../http/index.ts';
import { named, type Scope } from './scope.ts';
import { stamper, type Stamper } from './stamps.ts';

/** What a piece of text gave: ready for ingest, but for source and sequence number. */
export interface Piece {
  readonly blocks: IngestBatch['blocks'];
  readonly facts: NonNullable<IngestBatch['facts']>;
  readonly events: NonNullable<IngestBatch['events']>;
  readonly rejected: readonly Rejection[];
}

export interface RawReader {
  /** `now`: when the text arrived, seconds UTC. Throws a Problem (415) where no collector knows the format. */
  feed(text: string, now: number): Piece;
  end(now: number): Piece;
  /** Ids of the collectors that read; empty while the format is still open. */
  readonly collectors: readonly string[];
  readonly wentBack: number;
}

const NOTHING: Piece = { blocks: [], facts: [], events: [], rejected: [] };

/** Reads one stream of a known tool's text: recognises it by its first lines (64 KiB at most), then parses as it comes. */
export function rawReader(scope: Scope, context: ParseContext, given: string | undefined): RawReader {
  let head: string | null = '';
  let readers: { id: string; session: Session; stamps: Stamper }[] = [];
  if (given !== undefined) {
    const collector = collectorById(given);
    if (collector === undefined)
      throw new Problem(400, {
        error: `there is no collector “${given.slice(0, 40)}”`,
        where: 'query/collector',
        remedy: 'leave it out: the format is recognised by its first lines',
      });
    open([collector]);
  }

  function open(collectors: readonly Collector[]): void {
    head = null;
    readers = collectors.map((collector) => ({ id: collector.id, session: collector.open(context), stamps: stamper() }));
  }
  const start = (last: boolean): string | null => {
    if (head === null) return null;
    const text = head;
    // A line or two identify every format; deciding on less would decide on a line cut in half.
    if (!last && text.length < HEAD && text.split('\n', 3).length < 3) return null;
    const found = recognise(text);
    if (found.length > 0) {
      open(found);
      return text;
    }
    if (last || text.length >= HEAD) throw unknownFormat(text, last);
    return null;
  };
  const parse = (text: string, now: number): Piece => join(readers.map(({ session, stamps }) => pieceOf(session.feed(text), stamps, scope, now)));

  return {
    get collectors() {
      return readers.map((reader) => reader.id);
    },
    get wentBack() {
      return readers.reduce((most, { stamps }) => Math.max(most, stamps.wentBack), 0);
    },
    feed(text, now) {
      if (head === null) return parse(text, now);
      head += head === '' ? text.replace(/^\uFEFF/, '') : text;
      const ready = start(false);
      return ready === null ? NOTHING : parse(ready, now);
    },
    end(now) {
      const ready = start(true);
      const first = ready === null ? NOTHING : parse(ready, now);
      return join([first, ...readers.map(({ session, stamps }) => pieceOf(session.end(), stamps, scope, now))]);
    },
  };
}

function pieceOf(batch: Batch, stamps: Stamper, scope: Scope, now: number): Piece {
  const at = stamps.stamp(
    batch.clock,
    batch.readings.map((reading) => reading.at),
    now,
  );
  const wire = (entity: EntityRef) => wireEntity(named(entity, scope));
  const tables = tablesOf(batch.readings.map((reading) => ({ ...reading, at: at(reading.at), entity: named(reading.entity, scope) })));
  return {
    blocks: tables.map((table) => blockFromTable(table)),
    facts: batch.facts.map((fact) => ({ entity: wire(fact.entity), name: fact.name, value: fact.value.slice(0, LONGEST.fact) })),
    events: batch.events.map((event) => ({
      at: event.at === null ? now : at(event.at),
      entity: event.entity === null ? null : wire(event.entity),
      kind: event.kind,
      text: event.text.slice(0, LONGEST.event),
    })),
    rejected: batch.rejected,
  };
}

function join(pieces: readonly Piece[]): Piece {
  const [only] = pieces;
  if (only !== undefined && pieces.length === 1) return only;
  return {
    blocks: pieces.flatMap((piece) => piece.blocks),
    facts: pieces.flatMap((piece) => piece.facts),
    events: pieces.flatMap((piece) => piece.events),
    rejected: pieces.flatMap((piece) => piece.rejected),
  };
}

function unknownFormat(text: string, ended: boolean): Problem {
  const start = JSON.stringify(text.slice(0, 60));
  const binary = text.includes('\0') || text.includes('\uFFFD');
  const error =
    text.trim() === ''
      ? 'the stream held no text'
      : binary
        ? `this is not text; it starts with ${start}`
        : `no collector knows this format; it starts with ${start}`;
  return new Problem(415, {
    error,
    where: ended ? 'body' : `body, first ${HEAD / 1024} KiB`,
    remedy: 'stream the output of a tool listed at /api/docs (nvidia-smi, nvtop, top, a /metrics page …); compressed files need a content-encoding header',
  });
}
