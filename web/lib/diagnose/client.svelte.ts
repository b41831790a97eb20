import type { ParseContext } from '../../../collectors/collector/index.ts';
import type { DrawnReply } from '../../../core/contract/index.ts';
import type { AnalyseOptions } from '../../../core/judging/index.ts';
import { RequestFailed, type Trouble } from '../api.ts';
import type { SeriesSource } from '../series/view.svelte.ts';
import type { Diagnosed, FromWorker, NamedFile, Progress, ToWorker } from './protocol.ts';
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
  let tickets = 0;
  const waiting = new Map<number, { resolve: (reply: DrawnReply) => void; reject: (error: Error) => void }>();
  let asked: StoreAsk | null = null;

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
        waiting.get(message.ticket)?.resolve(message.reply);
        waiting.delete(message.ticket);
        return;
      case 'storing':
        storing = { kind: 'sending', done: message.done, total: message.total };
        return;
      case 'stored':
        if (asked !== null) storing = { kind: 'stored', cluster: asked.cluster, id: asked.id, values: message.values, rejected: message.rejected };
        return;
      case 'failed':
        failed(message.ticket, message.trouble);
    }
  }

  function failed(ticket: number | null, trouble: Trouble): void {
    const waits = ticket === null ? undefined : waiting.get(ticket);
    if (ticket === null) stage = { kind: 'failed', trouble };
    else if (waits === undefined) storing = { kind: 'failed', trouble };
    else {
      waiting.delete(ticket);
      waits.reject(new RequestFailed(trouble));
    }
  }

  function open(): Worker {
    if (worker !== null) return worker;
    const opened = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module', name: 'diagnose' });
    opened.addEventListener('message', (event: MessageEvent<FromWorker>) => take(event.data));
    opened.addEventListener('error', (event) => {
      event.preventDefault();
      failed(null, {
        kind: 'broken',
        status: null,
        what: `The reader stopped: ${event.message || 'it could not be loaded'}.`,
        where: '',
        remedy: 'Reload the page and try again; headroom diagnose on a terminal reads the same files.',
      });
    });
    worker = opened;
    return opened;
  }
  const ask = (message: ToWorker): void => open().postMessage(message);

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
      for (const { reject } of waiting.values()) reject(new DOMException('cancelled', 'AbortError'));
      waiting.clear();
      stage = { kind: 'empty' };
      storing = { kind: 'no' };
    },
    store(what) {
      asked = what;
      tickets += 1;
      storing = { kind: 'sending', done: 0, total: 0 };
      ask({ kind: 'store', ticket: tickets, ask: what });
    },
    series(what, signal) {
      tickets += 1;
      const ticket = tickets;
      return new Promise((resolve, reject) => {
        waiting.set(ticket, { resolve, reject });
        signal.addEventListener(
          'abort',
          () => {
            waiting.delete(ticket);
            reject(new DOMException('cancelled', 'AbortError'));
          },
          { once: true },
        );
        ask({ kind: 'series', ticket, ask: what });
      });
    },
  };
}
