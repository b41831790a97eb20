import { Worker } from 'node:worker_threads';
import type { Asked, Replied } from './apart-worker.ts';

/** Threads that were given up and do not end: a read that hangs in the kernel cannot be cut, and more of them would help nobody. */
const MOST_STUCK = 3;
/** Seconds that the first answer may take: the thread has to start. */
const PATIENCE = 30;
/** After failures in a row it is left out for 1, 3, 7 … turns, at most so many. */
const MOST_SKIPPED = 31;

/** Sources that are read in a thread of their own, so that whatever hangs there holds up nothing else. */
export interface Apart {
  /** What a source sees; null where it does not answer in time, was not to be asked or is being asked still. */
  ask<K extends keyof Asked>(source: K, question: Asked[K]['question']): Promise<Asked[K]['answer'] | null>;
  stop(): void;
}

export interface ApartOptions {
  /** What each source is told when it is opened. */
  readonly about: { readonly [K in keyof Asked]: Asked[K]['about'] };
  /** Seconds that an answer may take. */
  readonly seconds: number;
  /** Told once when a source fails, and once when it is there again. */
  readonly trouble: (text: string) => void;
  /** The thread's file. */
  readonly entry?: URL;
}

interface State {
  failures: number;
  /** Turns that it is left out for. */
  skip: number;
  busy: boolean;
}

/**
 * Reads sources in one thread (a second would cost 10 MB), one after the other. The thread is replaced when a source does not answer within
 * `seconds`; that source is then asked ever more rarely, the others as before.
 */
export function apart(options: ApartOptions): Apart {
  const { seconds, trouble } = options;
  const states: Record<keyof Asked, State> = { host: { failures: 0, skip: 0, busy: false }, processes: { failures: 0, skip: 0, busy: false } };
  let worker: Worker | null = null;
  let limit = PATIENCE;
  let stuck = 0;
  let stopped = false;
  let turn: Promise<unknown> = Promise.resolve();

  const leave = (): void => {
    const old = worker;
    worker = null;
    limit = Math.max(PATIENCE, seconds);
    if (old === null) return;
    stuck += 1;
    old.once('exit', () => (stuck -= 1));
    void old.terminate();
  };
  const exchange = async (source: keyof Asked, question: unknown): Promise<unknown> => {
    const state = states[source];
    if (stopped || stuck >= MOST_STUCK) return null;
    worker ??= begin(options);
    const reply = await replyOf(worker, { source, question }, limit);
    if (reply.kind === 'answer') {
      limit = seconds;
      if (state.failures > 0) trouble(`${source}: there again`);
      state.failures = 0;
      return reply.answer;
    }
    leave();
    state.failures += 1;
    state.skip = Math.min(2 ** state.failures - 1, MOST_SKIPPED);
    if (state.failures === 1 && !stopped) trouble(`${source}: ${reply.reason}: left out; asked again ever more rarely`);
    return null;
  };

  return {
    async ask<K extends keyof Asked>(source: K, question: Asked[K]['question']) {
      const state = states[source];
      if (state.busy) return null;
      if (state.skip > 0) {
        state.skip -= 1;
        return null;
      }
      state.busy = true;
      const next = turn.then(() => exchange(source, question));
      turn = next;
      try {
        return (await next) as Asked[K]['answer'] | null; // a parse boundary: the thread's file answers in the type of its source
      } finally {
        state.busy = false;
      }
    },
    stop() {
      stopped = true;
      leave();
    },
  };
}

function begin({ about, entry = ownEntry() }: ApartOptions): Worker {
  // A small young generation: what a sample leaves behind is little.
  const options = { workerData: about, name: 'headroom-sources', resourceLimits: { maxYoungGenerationSizeMb: 1 } };
  const worker = entry.pathname.endsWith('.ts') ? new Worker(fromSource(entry), { ...options, eval: true }) : new Worker(entry, options);
  worker.unref();
  worker.on('error', () => undefined); // told to whoever asks next, or asks now
  return worker;
}

/** The thread's file beside this one, as built or as source. */
function ownEntry(): URL {
  return new URL(import.meta.url.endsWith('.ts') ? './apart-worker.ts' : './apart-worker.js', import.meta.url);
}

/** Run from source (dev, tests), a worker has to be taught TypeScript first: Node 20 does not hand its loaders on. */
function fromSource(entry: URL): string {
  const tsx = import.meta.resolve('tsx/esm/api');
  return `import(${JSON.stringify(tsx)}).then(({ register }) => { register(); return import(${JSON.stringify(entry.href)}); })`;
}

/** Sends one question and waits for its reply, the thread's end, or the time. */
function replyOf(worker: Worker, question: unknown, seconds: number): Promise<Replied> {
  return new Promise((resolve) => {
    const finish = (reply: Replied): void => {
      clearTimeout(timer);
      worker.off('message', finish);
      worker.off('error', onError);
      worker.off('exit', onExit);
      resolve(reply);
    };
    const onError = (error: Error): void => finish({ kind: 'failed', reason: error.message });
    const onExit = (): void => finish({ kind: 'failed', reason: 'its thread ended' });
    const timer = setTimeout(() => finish({ kind: 'failed', reason: `no answer within ${seconds} s` }), seconds * 1000);
    worker.on('message', finish);
    worker.on('error', onError);
    worker.on('exit', onExit);
    worker.postMessage(question);
  });
}
