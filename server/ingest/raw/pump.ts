import { STREAM_BOUNDS } from '../../settings/index.ts';
import type { StreamLine } from '../../../core/contract/index.ts';
import { randomUUID } from 'node:crypto';
import { textReader } from '../../../collectors/run/index.ts';
import type { Intake } from '../../../core/readings/index.ts';
import { Problem } from '../../http/index.ts';
import type { Ingest, Origin } from '../ingest.ts';
import { retryWhileBusy } from '../retry.ts';
import type { Piece } from './reader.ts';

/** Text without one reading in it, after which a stream is refused: a wrong file must not be read for hours. */
const QUIET = STREAM_BOUNDS.quiet.value;
/** Refused lines that are told word for word; more are counted. */
const TOLD = STREAM_BOUNDS.told.value;

/** A reader in this thread or another. */
interface PumpReader {
  feed(text: string, now: number): Piece | Promise<Piece>;
  end(now: number): Piece | Promise<Piece>;
  readonly collectors: readonly string[];
  readonly wentBack: number;
}

export interface PumpOptions {
  readonly body: AsyncIterable<Buffer>;
  readonly reader: PumpReader;
  readonly ingest: Ingest;
  readonly batch: Pick<Intake, 'node' | 'job'>;
  readonly from: Pick<Origin, 'sender' | 'mark'>;
  readonly now: () => number;
  readonly write: (line: StreamLine) => void;
  /** Why the stream ends, asked once at its end. */
  readonly ending: () => string;
  readonly stopping: () => boolean;
}

/**
 * Reads a stream to its end: parse, append, acknowledge, and only then read on, so that a sender is never ahead of the disk
 * by more than one network chunk. Throws a Problem where the stream cannot go on; what was acknowledged stays.
 */
export async function pump(options: PumpOptions): Promise<void> {
  const { reader, write, now } = options;
  const source = `raw:${randomUUID()}`;
  const text = textReader();
  const count = { durable: 0, bytes: 0, quiet: 0, rejected: 0, wentBack: 1 };
  let seq = 0;

  const tell = (rejected: Extract<StreamLine, { rejected: object }>['rejected']) => {
    count.rejected += 1;
    if (count.rejected <= TOLD) write({ rejected });
  };
  const whenThereIsRoom = <T>(act: () => Promise<T>): Promise<T> =>
    retryWhileBusy(act, options.stopping, ({ error }) => write({ note: `${error}: what you send waits, and is stored when there is room` }));
  const take = async (piece: Piece) => {
    for (const { line, reason, text } of piece.rejected) tell({ line, reason, text: text.slice(0, 200) });
    if (piece.tables.length + piece.facts.length + piece.events.length === 0) return;
    count.quiet = 0;
    const reply = await whenThereIsRoom(() =>
      options.ingest.intake(
        { source, seq, ...options.batch, tables: piece.tables, facts: piece.facts, events: piece.events },
        { kind: 'raw', ...options.from },
      ),
    );
    seq += 1;
    for (const { at, reason } of reply.rejected) tell({ at: inWords(at, piece), reason });
    count.durable += reply.durable;
    if (reader.wentBack > count.wentBack) {
      count.wentBack = reader.wentBack;
      write({ note: `the sender's clock went back by ${Math.round(reader.wentBack)} s: readings keep the times that were printed` });
    }
    write({ durable: count.durable });
  };

  for await (const chunk of options.body) {
    count.bytes += chunk.length;
    count.quiet += chunk.length;
    await whenThereIsRoom(async () => options.ingest.receive(chunk.length, options.from));
    await take(await reader.feed(text.feed(chunk), now()));
    if (count.quiet > QUIET) {
      throw new Problem(422, {
        error: `${QUIET / 1024 / 1024} MiB of text without one reading`,
        where: `byte ${count.bytes}`,
        remedy: `is this really the output of ${reader.collectors.join(' or ')}? See /api/docs for what can be streamed`,
      });
    }
  }
  await take(await reader.feed(text.end(), now()));
  await take(await reader.end(now()));
  write({ durable: count.durable, bytes: count.bytes, rejected: count.rejected, end: options.ending() });
}

/** A place in a batch that the server made of a stream's text, in words that its sender knows: `gpu GPU-1, gpu.fan`. */
function inWords(at: string, piece: Piece): string {
  const [list, index = '', ...rest] = at.split('/');
  const place = Number.parseInt(index, 10);
  const entity = list === 'blocks' ? piece.tables[place]?.entity : list === 'facts' || list === 'events' ? piece[list][place]?.entity : undefined;
  if (entity === undefined || entity === null) return at;
  const metric = rest[0] === 'columns' ? rest[1] : undefined;
  return `${entity.kind} ${entity.id}${metric === undefined ? '' : `, ${metric}`}`;
}
