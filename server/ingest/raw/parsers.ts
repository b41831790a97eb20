import { STREAM_BOUNDS } from '../../settings/index.ts';
import { randomUUID } from 'node:crypto';
import { extname } from 'node:path';
import { openThread, type Thread } from '../../threads/index.ts';
import { checkQuery, type Piece } from './reader.ts';
import { ENDED, Refusal } from './refusal.ts';
import type { Given, Opening, ParsingHandlers } from './parsing.ts';

/** Threads that parse streams: beside the main one and the store's, more would wait for a core. */
const THREADS = STREAM_BOUNDS.threads.value;
/** Milliseconds after which a thread that answers nothing is ended, with the streams that it holds. */
const LONGEST = STREAM_BOUNDS.thread.value * 1_000;
/** Milliseconds after which a thread without a stream is ended. */
const IDLE = 30_000;

/** The reader of one stream, in another thread. */
export interface StreamReader {
  /** `now`: when the text arrived, seconds UTC. Rejects with a Refusal where the stream cannot go on. */
  feed(text: string, now: number): Promise<Piece>;
  end(now: number): Promise<Piece>;
  /** Forgets the stream; call it once, whatever its end. */
  close(): void;
  /** Ids of the collectors that read; empty while the format is still open. */
  readonly collectors: readonly string[];
  readonly wentBack: number;
}

/** Where the text of streams is parsed: beside the main thread, so that no text can hold up anything else. */
export interface Parsers {
  /** Throws a Refusal (400) for a query that cannot be. */
  open(opening: Opening): StreamReader;
  close(): Promise<void>;
}

/** Starts its threads with the first streams. */
export function openParsers(): Parsers {
  const entry = new URL(`./worker${extname(import.meta.url)}`, import.meta.url);
  const threads = Array.from({ length: THREADS }, (_, index) => ({
    thread: openThread<ParsingHandlers>({ entry, name: `parsing ${index + 1}`, longest: LONGEST }),
    streams: 0,
    resting: undefined as NodeJS.Timeout | undefined,
  }));

  return {
    open(opening) {
      checkQuery(opening.context, opening.given);
      const place = threads.reduce((least, one) => (one.streams < least.streams ? one : least));
      place.streams += 1;
      clearTimeout(place.resting);
      return streamReader(place.thread, opening, () => {
        place.streams -= 1;
        if (place.streams === 0) place.resting = setTimeout(() => void place.thread.end(), IDLE).unref();
      });
    },
    async close() {
      for (const { resting } of threads) clearTimeout(resting);
      await Promise.all(threads.map(({ thread }) => thread.close()));
    },
  };
}

function streamReader(thread: Thread<ParsingHandlers>, opening: Opening, closed: () => void): StreamReader {
  const id = randomUUID();
  let collectors: readonly string[] = [];
  let wentBack = 0;
  let first: Opening | null = opening;
  const asked = (now: number) => {
    const about = { id, opening: first, now };
    first = null;
    return about;
  };
  const take = (given: Given): Piece => {
    if ('refused' in given) throw new Refusal(given.refused.status, given.refused.reply);
    ({ collectors, wentBack } = given);
    return given.piece;
  };
  return {
    get collectors() {
      return collectors;
    },
    get wentBack() {
      return wentBack;
    },
    feed: async (text, now) => take(answerOf(await thread.ask('feed', { ...asked(now), text }))),
    end: async (now) => take(answerOf(await thread.ask('end', asked(now)))),
    close() {
      void thread.ask('close', id).then(closed);
    },
  };
}

function answerOf(outcome: Awaited<ReturnType<Thread<ParsingHandlers>['ask']>>): Given {
  if (outcome.kind === 'done' && typeof outcome.value === 'object') return outcome.value;
  if (outcome.kind === 'died') throw new Refusal(503, ENDED);
  throw new Error(outcome.kind === 'done' ? 'no answer' : (outcome.failure.stack ?? outcome.failure.message));
}
