import type { ParseContext } from '../../../collectors/collector/index.ts';
import type { DrawnReply } from '../../../core/contract/index.ts';
import type { AnalyseOptions } from '../../../core/judging/index.ts';
import { RequestFailed, type Trouble } from '../api.ts';
import type { SeriesSource } from '../series/held.ts';
import type { Diagnosed, FromWorker, NamedFile, Progress, ToWorker } from './protocol.ts';
import { sessionSecret } from '../secret.ts';
import type { StoreAsk } from './store.ts';

/** Where a diagnosis stands. */
type Stage =
  | { readonly kind: 'empty' }
  | { readonly kind: 'reading'; readonly progress: Progress | null }
  | { readonly kind: 'judging' }
  | { readonly kind: 'done'; readonly diagnosed: Diagnosed }
  | { readonly kind: 'failed'; readonly trouble: Trouble };

export type Storing =
  | { readonly kind: 'no' }
  | { readonly kind: 'sending'; readonly done: number; readonly total: number }
  | {
      readonly kind: 'stored';
      readonly cluster: string;
      readonly id: string;
      readonly values: number;
      readonly rejected: readonly { readonly at: string; readonly reason: string }[];
    }
  | { readonly kind: 'failed'; readonly trouble: Trouble };

export interface DiagnoseClient {
  readonly stage: Stage;
  readonly storing: Storing;
  /** Grows with every result, so that charts know to ask again. */
  readonly results: number;
  read(files: readonly NamedFile[], context: ParseContext, options: AnalyseOptions): void;
  /** Judges what was read once more, with other options. */
  judge(options: AnalyseOptions): void;
  /** Ends the worker, whatever it is at, and forgets its readings. */
  cancel(): void;
  store(ask: StoreAsk): void;
  readonly series: SeriesSource;
}

/** The page's side of a diagnosis: one worker, ended by `cancel`. */
export function openDiagnose(): DiagnoseClient {
  let worker: Worker | null = null;
  let stage = $state.raw<Stage>({ kind: 'empty' });
  let storing = $state.raw<Storing>({ kind: 'no' });
  let results = $state(0);
  let stored: StoreAsk | null = null;
  const requests = openRequests();

  function take(message: FromWorker): void {
    switch (message.kind) {
      case 'progress':
        stage = { kind: 'reading', progress: message.progress };
        return;
      case 'judging':
        stage = { kind: 'judging' };
        return;
      case 'done':
        stage = { kind: 'done', diagnosed: message.diagnosed };
        storing = { kind: 'no' };
        results += 1;
        return;
      case 'series':
        requests.answer(message.ticket, message.reply);
        return;
      case 'storing':
        storing = { kind: 'sending', done: message.done, total: message.total };
        return;
      case 'stored':
        if (stored !== null) storing = { kind: 'stored', cluster: stored.cluster, id: stored.id, values: message.values, rejected: message.rejected };
        return;
      case 'failed':
        failed(message.ticket, message.trouble);
    }
  }

  function failed(ticket: number | null, trouble: Trouble): void {
    if (ticket === null) stage = { kind: 'failed', trouble };
    else if (!requests.refuse(ticket, trouble)) storing = { kind: 'failed', trouble };
  }

  function ask(message: ToWorker): void {
    worker ??= startReader(take, (trouble) => failed(null, trouble));
    worker.postMessage(message);
  }

  return {
    get stage() {
      return stage;
    },
    get storing() {
      return storing;
    },
    get results() {
      return results;
    },
    read(files, context, options) {
      this.cancel();
      stage = { kind: 'reading', progress: null };
      ask({ kind: 'read', files, context, options });
    },
    judge: (options) => ask({ kind: 'judge', options }),
    cancel() {
      worker?.terminate();
      worker = null;
      requests.cancel();
      stage = { kind: 'empty' };
      storing = { kind: 'no' };
    },
    store(what) {
      stored = what;
      storing = { kind: 'sending', done: 0, total: 0 };
      ask({ kind: 'store', ticket: requests.ticket(), ask: what, secret: sessionSecret() });
    },
    series: (what, signal) => requests.send((ticket) => ask({ kind: 'series', ticket, ask: what }), signal),
  };
}

/** Starts the worker that reads files; `stopped` is told why it ended by itself. */
function startReader(take: (message: FromWorker) => void, stopped: (trouble: Trouble) => void): Worker {
  const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module', name: 'diagnose' });
  worker.addEventListener('message', (event: MessageEvent<FromWorker>) => take(event.data));
  worker.addEventListener('error', (event) => {
    event.preventDefault();
    stopped({
      kind: 'broken',
      status: null,
      what: `The reader stopped: ${event.message || 'it could not be loaded'}.`,
      where: '',
      remedy: 'Reload the page and try again; headroom diagnose on a terminal reads the same files.',
    });
  });
  return worker;
}

/** Requests for series that wait for the worker's answer, each under a ticket. */
function openRequests() {
  const waiting = new Map<number, { resolve: (reply: DrawnReply) => void; reject: (error: Error) => void }>();
  let tickets = 0;
  const ticket = (): number => (tickets += 1);
  return {
    ticket,
    send(post: (ticket: number) => void, signal: AbortSignal): Promise<DrawnReply> {
      const own = ticket();
      return new Promise((resolve, reject) => {
        waiting.set(own, { resolve, reject });
        signal.addEventListener('abort', () => waiting.delete(own) && reject(cancelled()), { once: true });
        post(own);
      });
    },
    answer(about: number, reply: DrawnReply): void {
      waiting.get(about)?.resolve(reply);
      waiting.delete(about);
    },
    /** Fails the request of a ticket; false where it is none of these. */
    refuse(about: number, trouble: Trouble): boolean {
      waiting.get(about)?.reject(new RequestFailed(trouble));
      return waiting.delete(about);
    },
    cancel(): void {
      for (const { reject } of waiting.values()) reject(cancelled());
      waiting.clear();
    },
  };
}

function cancelled(): DOMException {
  return new DOMException('cancelled', 'AbortError');
}
