import { Worker } from 'node:worker_threads';
import { StoreError } from '../interface/index.ts';
import type { Failure, Reply } from './messages.ts';

/** One request that holds the worker for longer is taken for hung (milliseconds). */
const longest = 300_000;

export type Outcome =
  | { readonly kind: 'done'; readonly value: unknown }
  /** The request failed, or its worker died under it. */
  | { readonly kind: 'failed' | 'died'; readonly failure: Failure };

let lastId = 0;

/** Starts a worker on its file and resolves when it says that the file is open; throws StoreError with what it says otherwise. */
export function startThread(entry: URL, data: unknown, name: string): Promise<Worker> {
  const options = { workerData: data, name: `headroom-${name}` };
  const worker = entry.pathname.endsWith('.ts') ? new Worker(fromSource(entry), { ...options, eval: true }) : new Worker(entry, options);
  return new Promise((resolve, reject) => {
    const settle = (): void => {
      worker.off('message', onMessage);
      worker.off('error', onError);
      worker.off('exit', onExit);
    };
    const onError = (error: Error): void => {
      settle();
      void worker.terminate();
      reject(error);
    };
    const onExit = (code: number): void => {
      onError(new StoreError('failed', `the ${name} worker ended with ${code} while opening its file`));
    };
    const onMessage = (reply: Reply): void => {
      if (reply.kind === 'failed') {
        onError(new StoreError(reply.failure.code, reply.failure.message, { cause: reply.failure.stack }));
        return;
      }
      settle();
      resolve(worker);
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

/** Sends one request and waits for its reply, for the worker's death, or for the longest time. */
export function ask(worker: Worker, operation: string, argument: unknown): Promise<Outcome> {
  lastId += 1;
  const id = lastId;
  return new Promise((resolve) => {
    const finish = (outcome: Outcome): void => {
      clearTimeout(timer);
      worker.off('message', onMessage);
      worker.off('exit', onExit);
      worker.off('error', onError);
      resolve(outcome);
    };
    const died = (message: string): void => {
      finish({ kind: 'died', failure: { code: 'failed', message, stack: undefined } });
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
    worker.postMessage({ id, operation, argument });
  });
}
