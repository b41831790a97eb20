import { type ParseContext, type Place, placed } from '../../../collectors/collector/index.ts';
import { collectorById } from '../../../collectors/registry.ts';
import { openReaders, type Recognise } from '../../../collectors/run/index.ts';
import { HEAD, recognise } from '../../../collectors/sniff.ts';
import { isText, isZone } from '../../../collectors/text/index.ts';
import { type Batch, type Intake, outgoingIntake, type Rejection, tablesOf } from '../../../core/readings/index.ts';
import { Refusal } from './refusal.ts';
import { type Recording, stamper, type Stamper } from './stamps.ts';

/** What a piece of text gave: ready for ingest, but for source and sequence number. */
export interface Piece extends Pick<Intake, 'tables' | 'facts' | 'events'> {
  readonly rejected: readonly Rejection[];
}

export interface RawReader {
  /** `now`: when the text arrived, seconds UTC. Throws a Refusal (415) where no collector knows the format. */
  feed(text: string, now: number): Piece;
  end(now: number): Piece;
  /** Ids of the collectors that read; empty while the format is still open. */
  readonly collectors: readonly string[];
  readonly wentBack: number;
}

/** Lines by which a stream is recognised: one or two identify every format. */
const SOONEST = 2;

/** Reads one stream of a known tool's text: recognises it by its first lines (64 KiB at most), then parses as it comes. */
export function rawReader(place: Place, context: ParseContext, given: string | undefined, recording: Recording = {}): RawReader {
  checkQuery(context, given);
  const readers = openReaders(given === undefined ? { context, recognise, soonest: SOONEST } : { context, recognise: only(given), soonest: 0 });
  const stamps: Stamper[] = [];
  const piecesOf = (batches: readonly Batch[], now: number): Piece => {
    if (readers.state === 'unknown') throw unknownFormat(readers.head);
    return join(batches.map((batch, index) => pieceOf(batch, { stamps: (stamps[index] ??= stamper(recording)), place, now })));
  };

  return {
    get collectors() {
      return readers.collectors;
    },
    get wentBack() {
      return stamps.reduce((most, one) => Math.max(most, one.wentBack), 0);
    },
    feed: (text, now) => piecesOf(readers.feed(text), now),
    end: (now) => piecesOf(readers.end(), now),
  };
}

/** Throws a Refusal (400) for a zone or a collector that does not exist. */
export function checkQuery({ tz }: ParseContext, given: string | undefined): void {
  if (tz !== undefined && !isZone(tz)) throw noZone(tz);
  if (given !== undefined) only(given);
}

function noZone(tz: string): Refusal {
  return new Refusal(400, {
    error: `there is no time zone “${tz}”`,
    where: 'query/tz',
    remedy: 'give a name like Europe/Stockholm, or an offset like +01:00',
  });
}

function only(id: string): Recognise {
  const collector = collectorById(id);
  if (collector !== undefined) return () => [collector];
  throw new Refusal(400, {
    error: `there is no collector “${id.slice(0, 40)}”`,
    where: 'query/collector',
    remedy: 'leave it out: the format is recognised by its first lines',
  });
}

function pieceOf(batch: Batch, { stamps, place, now }: { stamps: Stamper; place: Place; now: number }): Piece {
  const at = stamps.stamp(
    batch.clock,
    batch.readings.map((reading) => reading.at),
    now,
  );
  return outgoingIntake({
    rejected: batch.rejected,
    tables: tablesOf(batch.readings.map((reading) => ({ ...reading, at: at(reading.at), entity: placed(reading.entity, place) }))),
    facts: batch.facts.map((fact) => ({ ...fact, entity: placed(fact.entity, place) })),
    events: batch.events.map((event) => ({
      ...event,
      at: event.at === null ? now : at(event.at),
      entity: event.entity === null ? null : placed(event.entity, place),
    })),
  });
}

/** Pieces that follow each other, as one. */
export function join(pieces: readonly Piece[]): Piece {
  const [only] = pieces;
  if (only !== undefined && pieces.length === 1) return only;
  return {
    tables: pieces.flatMap((piece) => piece.tables),
    facts: pieces.flatMap((piece) => piece.facts),
    events: pieces.flatMap((piece) => piece.events),
    rejected: pieces.flatMap((piece) => piece.rejected),
  };
}

function unknownFormat(text: string): Refusal {
  const start = JSON.stringify(text.slice(0, 60));
  const error =
    text.trim() === ''
      ? 'the stream held no text'
      : isText(text)
        ? `no collector knows this format; it starts with ${start}`
        : `this is not text; it starts with ${start}`;
  return new Refusal(415, {
    error,
    where: text.length < HEAD ? 'body' : `body, first ${HEAD / 1024} KiB`,
    remedy: 'stream the output of a tool listed at /api/docs (nvidia-smi, nvtop, top, a /metrics page …); compressed files need a content-encoding header',
  });
}
