import { Worker } from 'node:worker_threads';
import type { Run } from '../../core/readings/index.ts';
import type { Analysis } from '../../core/contract/index.ts';
import type { AnalyseOptions } from '../../core/judging/index.ts';

/** One whole job may take this long, milliseconds; a longer one is a fault, and its worker is ended. */
const LONGEST = 120_000;
/** An unused worker is ended after this time, milliseconds: jobs end now and then, memory is needed always. */
const IDLE = 30_000;

const NAME = 'headroom-analysis';

export interface Request {
  readonly run: Run;
  readonly options: AnalyseOptions;
}
export type Reply = { readonly analysis: Analysis } | { readonly failure: string };

/** Analyses whole runs beside the main thread, one at a time. */
export interface AnalysisWorker {
  /** Rejects where the analysis fails, takes too long, or the worker is closed. */
  analyse(run: Run, options: AnalyseOptions): Promise<Analysis>;
  close(): Promise<void>;
}

export function analysisWorker(): AnalysisWorker {
  let worker: Worker | null = null;
  let idle: NodeJS.Timeout | null = null;
  let queue: Promise<unknown> = Promise.resolve();
  let closed = false;

  const start = (): Worker => {
    const started = import.meta.url.endsWith('.ts')
      ? new Worker(fromSource('./worker.ts'), { eval: true, name: NAME })
      : new Worker(new URL('./worker.js', import.meta.url), { name: NAME });
    started.unref();
    return started;
  };
  const end = async (): Promise<void> => {
    const old = worker;
    worker = null;
    await old?.terminate();
  };
  const one = async (request: Request): Promise<Analysis> => {
    if (closed) throw new Error('the analysis worker is closed');
    if (idle !== null) clearTimeout(idle);
    worker ??= start();
    const reply = await ask(worker, request).catch(async (error: unknown) => {
      await end();
      throw error;
    });
    idle = setTimeout(() => void end(), IDLE);
    idle.unref();
    if ('failure' in reply) throw new Error(reply.failure);
    return reply.analysis;
  };

  return {
    analyse(run, options) {
      const next = queue.then(() => one({ run, options }));
      queue = next.catch(() => undefined); // the caller has the error; the queue goes on
      return next;
    },
    async close() {
      closed = true;
      if (idle !== null) clearTimeout(idle);
      await end();
    },
  };
}

function ask(worker: Worker, request: Request): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const done = (finish: () => void) => {
      clearTimeout(timer);
      worker.removeAllListeners('message');
      worker.removeAllListeners('error');
      worker.removeAllListeners('exit');
      finish();
    };
    const timer = setTimeout(() => done(() => reject(new Error(`an analysis took longer than ${LONGEST / 1000} s`))), LONGEST);
    worker.once('message', (reply: Reply) => done(() => resolve(reply)));
    worker.once('error', (error) => done(() => reject(error)));
    worker.once('exit', (code) => done(() => reject(new Error(`the analysis worker ended with ${code}`))));
    worker.postMessage(request);
  });
}

/** From source (dev, tests) Node 20 cannot load TypeScript in a worker by itself: tsx is loaded first. Built files need nothing. */
function fromSource(file: string): string {
  const tsx = import.meta.resolve('tsx/esm/api');
  return `import(${JSON.stringify(tsx)}).then(({ register }) => { register(); return import(${JSON.stringify(new URL(file, import.meta.url).href)}); });`;
}
