import type { Worker } from 'node:worker_threads';
import { isStoreError, StoreError, type StoreOptions } from '../interface/index.ts';
import type { ArgumentOf, Failure, Handlers, ResultOf } from './messages.ts';
import { ask, startThread } from './thread.ts';

export interface HostOptions {
  /** The worker's file, as built or as source. */
  readonly entry: URL;
  readonly data: unknown;
  /** For messages: "series", "relational". */
  readonly name: string;
  readonly log: StoreOptions['log'];
  /** Requests that may wait; more are refused as busy. */
  readonly maxWaiting: number;
  /** How long a request is repeated while another program holds the file, in milliseconds. */
  readonly patience: number;
}

/** A worker that owns a file. It is ended and replaced when its file is locked from outside, or when it dies. */
export interface Host<H extends Handlers> {
  /** Runs when its turn comes; `argument` is made then, so that what waited meanwhile can go along. */
  call<K extends keyof H & string>(operation: K, argument: () => ArgumentOf<H, K>): Promise<ResultOf<H, K>>;
  /** What is wrong now, in words; null when well. */
  trouble(): string | null;
  /** Lets what waits finish, then ends the worker; once, however often it is called. */
  close(): Promise<void>;
}

interface Task {
  readonly operation: string;
  readonly makeArgument: () => unknown;
  argument: unknown;
  /** When it was first tried, for its patience; null before. */
  since: number | null;
  crashed: boolean;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** Starts the worker and waits until its file is open; throws StoreError when it cannot be. */
export async function startHost<H extends Handlers>(options: HostOptions): Promise<Host<H>> {
  const { entry, data, name, log, patience } = options;
  const waiting: Task[] = [];
  let worker: Worker | null = null;
  let running = false;
  let closing = false;
  let trouble: string | null = null;

  const start = async (): Promise<Worker> => {
    const started = await startThread(entry, data, name);
    started.on('error', (error) => {
      log.error(`the ${name} worker failed: ${error.stack ?? error.message}`);
    });
    started.on('exit', () => {
      if (worker === started) worker = null;
    });
    return started;
  };

  const drop = async (why: string): Promise<void> => {
    log.warn(`the ${name} worker is replaced: ${why}`);
    const old = worker;
    worker = null;
    await old?.terminate();
  };

  const note = ({ code }: Pick<Failure, 'code'>): void => {
    if (code === 'busy') trouble = `Another program holds the ${name} file; writes wait for it.`;
    if (code === 'full') trouble = 'The disk of the data folder is full: nothing more can be stored until there is space.';
  };

  /** True when the task is finished, either way; false when it is to be repeated. */
  const attempt = async (task: Task): Promise<boolean> => {
    if (task.since === null) {
      task.since = Date.now();
      task.argument = task.makeArgument();
    }
    const mayRepeat = !closing && Date.now() - task.since < patience;
    try {
      worker ??= await start();
    } catch (error) {
      if (!isStoreError(error)) throw error;
      note(error);
      if (error.code === 'busy' && mayRepeat) return false;
      throw error;
    }
    const outcome = await ask(worker, task.operation, task.argument);
    if (outcome.kind === 'done') {
      trouble = null;
      task.resolve(outcome.value);
      return true;
    }
    const { code, message, stack } = outcome.failure;
    note(outcome.failure);
    // A connection that met a lock may never write again (prisma/orm #30028).
    if (code === 'busy' || outcome.kind === 'died') await drop(message);
    if (code === 'busy' && mayRepeat) return false;
    if (outcome.kind === 'died' && !task.crashed && !closing) {
      task.crashed = true;
      return false;
    }
    // Of the two that a sender may meet any day, in words; SQLite's own stand in the cause.
    throw new StoreError(code, code === 'busy' || code === 'full' ? (trouble ?? message) : message, { cause: stack });
  };

  const drain = async (): Promise<void> => {
    if (running) return;
    running = true;
    for (let task = waiting.shift(); task !== undefined; task = waiting.shift()) {
      try {
        while (!(await attempt(task)));
      } catch (error) {
        task.reject(error instanceof Error ? error : new Error(String(error)));
      }
    }
    running = false;
  };

  const enqueue = (operation: string, makeArgument: () => unknown): Promise<unknown> =>
    new Promise((resolve, reject) => {
      waiting.push({ operation, makeArgument, argument: undefined, since: null, crashed: false, resolve, reject });
      void drain();
    });

  const opened = Date.now();
  while (worker === null) {
    try {
      worker = await start();
    } catch (error) {
      if (!isStoreError(error, 'busy') || Date.now() - opened > patience) throw error;
      log.warn(`the ${name} file is held by another program: waiting`);
    }
  }

  const close = async (): Promise<void> => {
    closing = true;
    try {
      await enqueue('close', () => null);
    } catch (error) {
      log.error(`the ${name} file did not close well: ${error instanceof Error ? error.message : String(error)}`);
    }
    const old = worker;
    worker = null;
    await old?.terminate();
  };
  let closed: Promise<void> | undefined;

  return {
    call: async (operation, makeArgument) => {
      if (closing) throw new StoreError('failed', 'the store is closed');
      if (waiting.length >= options.maxWaiting) throw new StoreError('busy', `${waiting.length} requests wait for the ${name} file already`);
      // The worker's replies have the types of its handlers.
      return (await enqueue(operation, makeArgument)) as ResultOf<H, typeof operation>;
    },
    trouble: () => trouble,
    close: () => {
      closed ??= close();
      return closed;
    },
  };
}
