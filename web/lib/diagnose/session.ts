import type { ParseContext } from '../../../collectors/collector/index.ts';
import { diagnosing, type Diagnosing, type Diagnosis, readFileText } from '../../../collectors/run/index.ts';
import type { AnalyseOptions } from '../../../core/judging/index.ts';
import type { Site } from '../../../core/knowledge/index.ts';
import { api, RequestFailed, troubleOf } from '../api.ts';
import { seriesReply } from './bucket.ts';
import { suggestionOf } from './card-seen.ts';
import type { Diagnosed, FromWorker, NamedFile, ToWorker } from './protocol.ts';
import { keepSecret } from '../secret.ts';
import { batchesOf, declarationOf, sizeOf, type StoreAsk } from './store.ts';

/** Progress is told this often at most, milliseconds. */
const TELL_EVERY = 100;
const TOLD_REJECTIONS = 50;
/** A verdict waits this long for the server's site, milliseconds. */
const PATIENCE = 5_000;

/** A server that is full is asked again so many times, and as late as it says: a minute of much is over by then. */
const ATTEMPTS = 6;
/** Seconds. */
const LONGEST_WAIT = 60;
const pause = (seconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, seconds * 1000));

/** What the server's cluster is made of; null where no server answers: then nothing is told of other cards and nodes. */
async function siteOfServer(): Promise<Site | null> {
  return api.site(AbortSignal.timeout(PATIENCE)).catch(() => null);
}

/** The worker's side of a diagnosis: takes what the page asks, tells what came of it. Holds the readings; they leave it only by `store`. */
export function openSession(
  tell: (message: FromWorker) => void,
  now: () => number,
  { askSite = siteOfServer, wait = pause } = {},
): (message: ToWorker) => Promise<void> {
  let site: Promise<Site | null> | null = null;
  let work: Diagnosing | null = null;
  let diagnosis: Diagnosis | null = null;
  let partly: string[] = [];

  async function read(files: readonly NamedFile[], context: ParseContext, options: AnalyseOptions): Promise<void> {
    // Asked while files are read, so that the verdict need not wait for it.
    site ??= askSite();
    work = diagnosing(context);
    partly = [];
    await readFiles(files, work, { tell, now, fault: (text) => partly.push(text) });
    await judge(options);
  }

  async function judge(options: AnalyseOptions): Promise<void> {
    if (work === null) return;
    tell({ kind: 'judging' });
    const known = await (site ??= askSite());
    if (known === null) site = null;
    diagnosis = work.finish({ ...options, ...(known === null ? {} : { site: known }) });
    tell({ kind: 'done', diagnosed: shown(diagnosis, partly) });
  }

  async function store(ticket: number, ask: StoreAsk): Promise<void> {
    if (diagnosis === null || diagnosis.analysis === null) return;
    const { run, analysis } = diagnosis;
    const total = sizeOf(run);
    let done = 0;
    const rejected: { at: string; reason: string }[] = [];
    await patiently(() => api.declareJob(ask.cluster, ask.id, declarationOf(run, analysis, ask)), wait);
    for (const batch of batchesOf(run, ask)) {
      const reply = await patiently(() => api.ingest(batch), wait);
      rejected.push(...reply.rejected.slice(0, TOLD_REJECTIONS - rejected.length));
      done += batch.blocks.reduce((sum, block) => sum + block.t.length * Object.keys(block.columns).length, 0);
      tell({ kind: 'storing', ticket, done, total });
    }
    tell({ kind: 'stored', ticket, values: done, rejected });
  }

  return async (message) => {
    const ticket = 'ticket' in message ? message.ticket : null;
    try {
      switch (message.kind) {
        case 'read':
          return await read(message.files, message.context, message.options);
        case 'judge':
          return await judge(message.options);
        case 'store':
          keepSecret(message.secret); // a worker has no storage of its origin
          return await store(message.ticket, message.ask);
        case 'series':
          if (diagnosis !== null) tell({ kind: 'series', ticket: message.ticket, reply: seriesReply(diagnosis.run.tables, message.ask, spanOf(diagnosis)) });
      }
    } catch (error) {
      const trouble = troubleOf(error);
      if (trouble !== null) tell({ kind: 'failed', ticket, trouble });
    }
  };
}

/** Asks again where the server has no room for the moment: what is sent twice is stored once. */
async function patiently<T>(ask: () => Promise<T>, wait: (seconds: number) => Promise<void>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof RequestFailed) || error.wait === null || error.wait > LONGEST_WAIT || attempt === ATTEMPTS) throw error;
      await wait(error.wait);
    }
  }
}

interface Reading {
  readonly tell: (message: FromWorker) => void;
  /** Milliseconds. */
  readonly now: () => number;
  /** What could be read only in part, in words. */
  readonly fault: (text: string) => void;
}

/** Reads files one after the other and tells how many of their bytes are read. */
async function readFiles(files: readonly NamedFile[], work: Diagnosing, { tell, now, fault }: Reading): Promise<void> {
  const total = files.reduce((sum, { file }) => sum + file.size, 0);
  let done = 0;
  let toldAt = Number.NEGATIVE_INFINITY;
  for (const [index, { path, file }] of files.entries()) {
    const source = work.open(path);
    const before = done;
    await readFileText(file.stream(), source.feed, (bytes) => {
      done += bytes;
      if (now() - toldAt < TELL_EVERY) return;
      toldAt = now();
      tell({ kind: 'progress', progress: { path, index, count: files.length, done, total } });
    }).catch((error: unknown) => {
      // A damaged archive or a file that vanished costs its own rest only.
      fault(`${path}: read only in part: ${error instanceof Error ? error.message : String(error)}`);
    });
    source.end();
    done = before + file.size;
  }
}

function shown({ sources, analysis, notes, run, beside }: Diagnosis, partly: readonly string[]): Diagnosed {
  return {
    sources,
    analysis,
    notes: [...partly, ...notes],
    beside,
    suggestion: analysis === null ? null : suggestionOf(run.tables, analysis.hardware),
    entities: run.tables.map(({ entity, facts, columns }) => ({
      kind: entity.kind,
      id: entity.id,
      node: entity.node ?? null,
      name: facts.get('name') ?? null,
      facts: Object.fromEntries(facts),
      metrics: [...columns.keys()],
    })),
  };
}

function spanOf({ analysis }: Diagnosis): { from: number; to: number } {
  return analysis === null ? { from: 0, to: 0 } : { from: analysis.from, to: analysis.to };
}
