import { type ArgumentOf, type Failure, type Handlers, openThread, type ResultOf, type Thread } from '../../threads/index.ts';
import { isStoreErrorCode, StoreError, type StoreOptions } from '../interface/index.ts';
import { ownWords } from '../sqlite/index.ts';

export interface HostOptions<H extends Handlers> {
  /** The worker's file, as built or as source. */
  readonly entry: URL;
  readonly data: unknown;
  /** The file and what is in it, for whoever has to mend it. */
  readonly file: string;
  readonly holds: string;
  /** For messages: "series", "relational". */
  readonly name: string;
  /** Room for what has just been made, MB: see ThreadOptions. */
  readonly young?: number;
  /** The operations that may write, and whether one did by its result: only what was written can tell that a trouble of writing has ended. */
  readonly writes: { readonly [K in keyof H & string]?: (result: ResultOf<H, K>) => boolean };
  /** An operation without meaning that writes whenever it is called, and takes null. */
  readonly probe: keyof H & string;
  readonly log: StoreOptions['log'];
  /** Requests that may wait, of those that write and of those that read; more are refused as busy. */
  readonly maxWaiting: number;
  /** How long a request is repeated while another program holds the file, in milliseconds. */
  readonly patience: number;
}

/** A worker that owns a file. It is ended and replaced when its file is locked from outside, or when it dies. */
export interface Host<H extends Handlers> {
  /** Runs when its turn comes; `argument` is made then, so that what waited meanwhile can go along. */
  call<K extends keyof H & string>(operation: K, argument: () => ArgumentOf<H, K>): Promise<ResultOf<H, K>>;
  /** What is wrong now, in words; null when well. It stays until a write succeeds: a file that cannot be written can be read. */
  trouble(): string | null;
  /** Tries, where there is trouble, whether it has ended: nobody else may be writing. */
  tryWriting(): Promise<void>;
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

/** What a host knows of its worker and of what waits for it. */
interface Desk extends Omit<HostOptions<Handlers>, 'writes'> {
  readonly writes: ReadonlyMap<string, ((result: never) => boolean) | undefined>;
  /** Whatever it is asked: which operations there are is the caller's to know. */
  readonly thread: Thread<Handlers>;
  /** Two lines, taken in turn: who asks without end keeps a writer waiting for one question at most. */
  readonly waiting: { readonly writes: Task[]; readonly reads: Task[]; readonly last: Task[] };
  lastWrote: boolean;
  running: boolean;
  closing: boolean;
  trouble: string | null;
}

/** Starts the worker and waits until its file is open; throws StoreError when it cannot be. */
export async function startHost<H extends Handlers>(options: HostOptions<H>): Promise<Host<H>> {
  const { entry, data, name, log, maxWaiting, young } = options;
  const thread = openThread<Handlers>({ entry, data, name, failed: (text) => log.error(text), ...(young === undefined ? {} : { young }) });
  const desk: Desk = {
    ...options,
    writes: new Map<string, ((result: never) => boolean) | undefined>(Object.entries(options.writes)),
    thread,
    waiting: { writes: [], reads: [], last: [] },
    lastWrote: false,
    running: false,
    closing: false,
    trouble: null,
  };
  await untilOpen(desk);
  let closed: Promise<void> | undefined;
  return {
    call: async (operation, makeArgument) => {
      if (desk.closing) throw new StoreError('failed', 'the store is closed');
      const line = desk.writes.has(operation) ? desk.waiting.writes : desk.waiting.reads;
      if (line.length >= maxWaiting) throw new StoreError('busy', `${line.length} requests wait for the ${name} file already`);
      // The worker's replies have the types of its handlers.
      return (await enqueue(desk, line, { operation, makeArgument })) as ResultOf<H, typeof operation>;
    },
    trouble: () => desk.trouble,
    tryWriting: async () => {
      if (desk.trouble === null || desk.closing) return;
      // A failure says what trouble there is, and that is where it belongs.
      await enqueue(desk, desk.waiting.writes, { operation: options.probe, makeArgument: () => null }).catch(() => undefined);
    },
    close: () => {
      closed ??= close(desk);
      return closed;
    },
  };
}

async function untilOpen(desk: Desk): Promise<void> {
  const { thread, name, log, patience } = desk;
  const began = performance.now();
  for (let failure = await thread.start(); failure !== null; failure = await thread.start()) {
    if (failure.code !== 'busy' || performance.now() - began > patience) throw failure.code === 'damaged' ? unopenable(desk, failure) : errorOf(failure);
    log.warn(`the ${name} file is held by another program: waiting`);
  }
}

function enqueue(desk: Desk, line: Task[], asked: Pick<Task, 'operation' | 'makeArgument'>): Promise<unknown> {
  return new Promise((resolve, reject) => {
    line.push({ ...asked, argument: undefined, since: null, crashed: false, resolve, reject });
    void drain(desk);
  });
}

/** A write and a read in turn where both wait; what comes last when nothing else does. */
function next(desk: Desk): Task | undefined {
  const { writes, reads, last } = desk.waiting;
  const line = writes.length > 0 && (!desk.lastWrote || reads.length === 0) ? writes : reads.length > 0 ? reads : last;
  desk.lastWrote = line === writes;
  return line.shift();
}

async function drain(desk: Desk): Promise<void> {
  if (desk.running) return;
  desk.running = true;
  for (let task = next(desk); task !== undefined; task = next(desk)) {
    try {
      while (!(await attempt(desk, task)));
    } catch (error) {
      task.reject(error instanceof Error ? error : new Error(String(error)));
    }
  }
  desk.running = false;
}

/** True when the task is finished; false when it is to be repeated. Throws when it has failed. */
async function attempt(desk: Desk, task: Task): Promise<boolean> {
  if (task.since === null) {
    task.since = performance.now();
    task.argument = task.makeArgument();
  }
  const mayRepeat = !desk.closing && performance.now() - task.since < desk.patience;
  const outcome = await desk.thread.ask(task.operation, task.argument as never); // the caller's types: see `call`
  if (outcome.kind === 'done') {
    if (desk.writes.get(task.operation)?.(outcome.value as never) === true) desk.trouble = null; // the handlers' own results
    task.resolve(outcome.value);
    return true;
  }
  const { failure, kind } = outcome;
  note(desk, failure, task.operation);
  // A connection that met a lock may never write again (prisma/orm #30028).
  if (kind !== 'unopened' && (failure.code === 'busy' || kind === 'died')) {
    desk.log.warn(`the ${desk.name} worker is replaced: ${failure.message}`);
    await desk.thread.end();
  }
  if (failure.code === 'busy' && mayRepeat) return false;
  if (kind === 'died' && !task.crashed && !desk.closing) {
    task.crashed = true;
    return false;
  }
  throw errorOf(failure, desk.trouble);
}

function note(desk: Desk, { code }: Failure, operation: string): void {
  if (code === 'busy') desk.trouble = `Another program holds the ${desk.name} file; writes wait for it.`;
  if (code === 'full') desk.trouble = 'The disk of the data folder is full: nothing more can be stored until there is space.';
  if (code === 'damaged' && desk.writes.has(operation))
    desk.trouble = `The ${desk.name} file is damaged where it is to be written: stop the service and run headroom store check, then headroom store repair.`;
}

function unopenable({ file, holds }: Desk, { message, stack }: Failure): StoreError {
  return new StoreError(
    'damaged',
    `${file} is damaged (${ownWords(message)}). It holds ${holds}. Nothing was changed. Run headroom store check, which says what is lost, then headroom store repair, which keeps the rest and the original beside it; or put a backup in its place.`,
    { cause: stack },
  );
}

/** Of the troubles that a sender may meet any day, in words; SQLite's own stand in the cause. */
function errorOf({ code, message, stack }: Failure, trouble: string | null = null): StoreError {
  const text = code === 'busy' || code === 'full' || code === 'damaged' ? (trouble ?? message) : message;
  return new StoreError(isStoreErrorCode(code) ? code : 'failed', text, { cause: stack });
}

async function close(desk: Desk): Promise<void> {
  desk.closing = true;
  try {
    await enqueue(desk, desk.waiting.last, { operation: 'close', makeArgument: () => null });
  } catch (error) {
    desk.log.error(`the ${desk.name} file did not close well: ${error instanceof Error ? error.message : String(error)}`);
  }
  await desk.thread.close();
}
