import { STORE_BOUNDS } from '../settings/index.ts';
import { Worker } from 'node:worker_threads';
import type { ArgumentOf, Failure, Handlers, Reply, ResultOf } from './messages.ts';

/** A request that holds its thread for longer is taken for hung, milliseconds, where nobody says otherwise. */
const LONGEST = STORE_BOUNDS.thread.value * 1_000;

export interface ThreadOptions {
  /** The thread's file, as built or as source; it calls `serve`. */
  readonly entry: URL;
  /** What the file finds as `workerData`. */
  readonly data?: unknown;
  /** For messages, and for those who list threads: "series", "analysis". */
  readonly name: string;
  /** Room for what has just been made, MB; V8's own measure (48) where left out. It is not given back. */
  readonly young?: number;
  /** Milliseconds that one request may take. */
  readonly longest?: number;
  /** Milliseconds after which an unused thread is ended until it is asked again; such a one keeps no process alive. For ever where left out. */
  readonly idle?: number;
  /** An error that no request asked for, with its stack. */
  readonly failed?: (text: string) => void;
}

/** How a request ended. */
type Outcome<T> =
  | { readonly kind: 'done'; readonly value: T }
  /** It failed; or its thread died under it, took too long, or (unopened) could not open what it works on. */
  | { readonly kind: 'failed' | 'died' | 'unopened'; readonly failure: Failure };

/** A worker thread that is started when it is needed, and replaced when it died or hung. */
export interface Thread<H extends Handlers> {
  /** Starts it where none runs: null when it has opened what it works on, else why it could not. */
  start(): Promise<Failure | null>;
  /** Runs one operation when those before it have ended. Never rejects. */
  ask<K extends keyof H & string>(operation: K, argument: ArgumentOf<H, K>): Promise<Outcome<ResultOf<H, K>>>;
  /** Ends it; the next request starts another. A request under way ends as died. */
  end(): Promise<void>;
  /** Ends it for good: what waits, and what is asked later, ends as died. */
  close(): Promise<void>;
}

/** A thread that does not run yet. */
export function openThread<H extends Handlers>(options: ThreadOptions): Thread<H> {
  const { name, longest = LONGEST, idle, failed } = options;
  let worker: Worker | null = null;
  let resting: NodeJS.Timeout | undefined;
  let turn: Promise<unknown> = Promise.resolve();
  let closed = false;

  const end = async (): Promise<void> => {
    clearTimeout(resting);
    const old = worker;
    worker = null;
    await old?.terminate();
  };
  const start = async (): Promise<Failure | null> => {
    if (worker !== null) return null;
    const started = await begin(options);
    if (!('worker' in started)) return started;
    const fresh = started.worker;
    if (closed) {
      await fresh.terminate();
      return failureOf(`the ${name} worker is closed`);
    }
    worker = fresh;
    fresh.on('error', (error) => failed?.(`the ${name} worker failed: ${error.stack ?? error.message}`));
    fresh.on('exit', () => {
      if (worker === fresh) worker = null;
    });
    return null;
  };
  const rest = (): void => {
    if (idle !== undefined) resting = setTimeout(() => void end(), idle).unref();
  };
  const run = async (operation: string, argument: unknown): Promise<Outcome<unknown>> => {
    if (closed) return { kind: 'died', failure: failureOf(`the ${name} worker is closed`) };
    clearTimeout(resting);
    const unopened = await start();
    if (unopened !== null || worker === null) return { kind: 'unopened', failure: unopened ?? failureOf(`the ${name} worker ended as it began`) };
    const outcome = await exchange(worker, { operation, argument, longest });
    if (outcome.kind === 'died') await end();
    rest();
    return outcome;
  };

  return {
    start,
    ask(operation, argument) {
      const next = turn.then(() => run(operation, argument));
      turn = next;
      // The thread's replies have the types of its handlers.
      return next as Promise<Outcome<ResultOf<H, typeof operation>>>;
    },
    end,
    close() {
      closed = true;
      return end();
    },
  };
}

/** Starts a worker and resolves when it says that it is ready, or with what it says otherwise. */
function begin({ entry, data, name, idle, young }: ThreadOptions): Promise<{ readonly worker: Worker } | Failure> {
  const options = { workerData: data, name: `headroom-${name}`, ...(young === undefined ? {} : { resourceLimits: { maxYoungGenerationSizeMb: young } }) };
  const worker = entry.pathname.endsWith('.ts') ? new Worker(fromSource(entry), { ...options, eval: true }) : new Worker(entry, options);
  if (idle !== undefined) worker.unref();
  return new Promise((resolve) => {
    const settle = (): void => {
      worker.off('message', onMessage);
      worker.off('error', onError);
      worker.off('exit', onExit);
    };
    const fail = (failure: Failure): void => {
      settle();
      void worker.terminate();
      resolve(failure);
    };
    const onError = (error: Error): void => {
      fail({ code: 'failed', message: error.message, stack: error.stack });
    };
    const onExit = (code: number): void => {
      fail(failureOf(`the ${name} worker ended with ${code} while it began`));
    };
    const onMessage = (reply: Reply): void => {
      if (reply.kind === 'failed') return fail(reply.failure);
      settle();
      resolve({ worker });
    };
    worker.on('message', onMessage);
    worker.on('error', onError);
    worker.on('exit', onExit);
  });
}

/** Run from source (dev, tests), a worker has to be taught TypeScript first: Node 20 does not hand its loaders on. */
function fromSource(entry: URL): string {
  const tsx = import.meta.resolve('tsx/esm/api');
  return `import(${JSON.stringify(tsx)}).then(({ register }) => { register(); return import(${JSON.stringify(entry.href)}); })`;
}

let lastId = 0;

/** Sends one request and waits for its reply, for the worker's death, or for the longest time. */
function exchange(worker: Worker, { operation, argument, longest }: { operation: string; argument: unknown; longest: number }): Promise<Outcome<unknown>> {
  lastId += 1;
  const id = lastId;
  return new Promise((resolve) => {
    const finish = (outcome: Outcome<unknown>): void => {
      clearTimeout(timer);
      worker.off('message', onMessage);
      worker.off('exit', onExit);
      worker.off('error', onError);
      resolve(outcome);
    };
    const died = (message: string): void => {
      finish({ kind: 'died', failure: failureOf(message) });
    };
    const onMessage = (reply: Reply): void => {
      if (reply.kind === 'ready' || reply.id !== id) return;
      finish(reply.kind === 'done' ? reply : { kind: 'failed', failure: reply.failure });
    };
    const onExit = (code: number): void => {
      died(`it ended with ${code} during ${operation}`);
    };
    const onError = (error: Error): void => {
      died(`${operation}: ${error.message}`);
    };
    const timer = setTimeout(() => {
      died(`${operation} took longer than ${longest / 1000} s`);
    }, longest);
    worker.on('message', onMessage);
    worker.on('exit', onExit);
    worker.on('error', onError);
    try {
      worker.postMessage({ id, operation, argument });
    } catch (error) {
      // An argument that cannot cross: the thread is well.
      finish({ kind: 'failed', failure: failureOf(error instanceof Error ? error.message : String(error)) });
    }
  });
}

function failureOf(message: string): Failure {
  return { code: 'failed', message, stack: undefined };
}
