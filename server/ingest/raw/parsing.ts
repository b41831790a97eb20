import { Script } from 'node:vm';
import type { ParseContext, Place } from '../../../collectors/collector/index.ts';
import type { ErrorReply } from '../../../core/contract/index.ts';
import { join, type Piece, type RawReader } from './reader.ts';
import { ENDED, Refusal } from './refusal.ts';
import type { Recording } from './stamps.ts';

/** Characters from which a line is read by itself, so that its number is known where it takes too long. */
const SUSPECT = 4_096;

/** What a stream is read with. */
export interface Opening {
  readonly place: Place;
  readonly context: ParseContext;
  readonly given: string | undefined;
  readonly recording: Recording;
}

/** Of which stream; `opening` with its first piece only. */
interface Asked {
  readonly id: string;
  readonly opening: Opening | null;
  readonly now: number;
}

/** What a piece of text gave, or why the stream cannot go on. */
export type Given =
  | { readonly piece: Piece; readonly collectors: readonly string[]; readonly wentBack: number }
  | { readonly refused: { readonly status: number; readonly reply: ErrorReply } };

interface Open {
  readonly reader: RawReader;
  lines: number;
}

/** What a parsing thread can be asked. */
export type ParsingHandlers = ReturnType<typeof parsing>;

const limited = globalThis as { headroomReads?: () => Piece };
// The only way to stop what runs in this thread without losing the other streams that it holds.
const run = new Script('headroomReads()');

/**
 * Reads many streams in one thread, each with a reader of its own, and none of them for more than `longest` milliseconds at a line (or at a
 * network chunk of lines as tools print them, which take one or two): one that takes longer is stopped in the middle and refused with the
 * line's number, and the other streams go on.
 */
export function parsing(openReader: (opening: Opening) => RawReader, longest: number) {
  const open = new Map<string, Open>();
  function streamOf(id: string, opening: Opening | null): Open {
    const known = open.get(id);
    if (known !== undefined) return known;
    if (opening === null) throw new Refusal(503, ENDED);
    const stream = { reader: openReader(opening), lines: 0 };
    open.set(id, stream);
    return stream;
  }

  function answer(id: string, work: () => { stream: Open; pieces: readonly Piece[] }): Given {
    try {
      const { stream, pieces } = work();
      return { piece: join(pieces), collectors: stream.reader.collectors, wentBack: stream.reader.wentBack };
    } catch (error) {
      open.delete(id);
      if (!(error instanceof Refusal)) throw error;
      return { refused: { status: error.status, reply: error.reply } };
    }
  }

  /** Runs one part of a stream's reading, and ends the stream where it takes too long. */
  function read(stream: Open, part: string, work: () => Piece): Piece {
    limited.headroomReads = work;
    try {
      // What the script gives is what `work` gave.
      return run.runInThisContext({ timeout: longest }) as Piece;
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT')) throw error;
      throw tooSlow({ first: stream.lines + 1, lines: Math.max(linesIn(part), 1), longest });
    } finally {
      stream.lines += linesIn(part);
    }
  }

  return {
    feed: async ({ id, opening, text, now }: Asked & { text: string }) =>
      answer(id, () => {
        const stream = streamOf(id, opening);
        return { stream, pieces: partsOf(text).map((part) => read(stream, part, () => stream.reader.feed(part, now))) };
      }),
    end: async ({ id, opening, now }: Asked) =>
      answer(id, () => {
        const stream = streamOf(id, opening);
        return { stream, pieces: [read(stream, '', () => stream.reader.end(now))] };
      }),
    close: async (id: string) => open.delete(id),
  };
}

function tooSlow({ first, lines, longest }: { first: number; lines: number; longest: number }): Refusal {
  const where = lines === 1 ? `line ${first}` : `lines ${first} to ${first + lines - 1}`;
  return new Refusal(422, {
    error: `${where} took longer than ${longest / 1000} s to read, and what follows is not read`,
    where,
    remedy: 'look at that line: a tool prints none that takes so long; send the rest without it as a stream of its own',
  });
}

/** A text in parts: long lines by themselves, others together. */
function partsOf(text: string): string[] {
  if (text.length <= SUSPECT) return [text];
  const parts: string[] = [];
  let from = 0;
  for (let at = 0; at < text.length;) {
    const end = text.indexOf('\n', at);
    const next = end < 0 ? text.length : end + 1;
    if (next - at > SUSPECT) {
      if (at > from) parts.push(text.slice(from, at));
      parts.push(text.slice(at, next));
      from = next;
    }
    at = next;
  }
  if (from < text.length) parts.push(text.slice(from));
  return parts;
}

function linesIn(text: string): number {
  let lines = 0;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lines += 1;
  return lines;
}
