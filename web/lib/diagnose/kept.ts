import { type GivenText, NOTHING_GIVEN } from './options.ts';
import type { NamedFile } from './protocol.ts';

/** The run that this browser keeps over a reload: its files and what was said about them. */
interface Kept {
  readonly files: readonly NamedFile[];
  readonly given: GivenText;
}

export interface Keeper {
  /** The kept run; null where there is none, or the browser keeps nothing. */
  read(): Promise<Kept | null>;
  /** Keeps these files in place of those before. False where the browser refuses: a private window, no room. */
  files(files: readonly NamedFile[]): Promise<boolean>;
  /** Keeps what was said about the files. */
  given(given: GivenText): Promise<boolean>;
  /** Forgets files and words. */
  forget(): Promise<boolean>;
}

const DATABASE = 'headroom-diagnose';
const STORE = 'run';

/** Keeps one run in this browser's own database. Steps are done one after the other, in the order of their calls. */
export function openKeeper(): Keeper {
  let before: Promise<unknown> = Promise.resolve();
  const next = <T>(step: () => Promise<T>, otherwise: T): Promise<T> => {
    // Whatever a browser has against keeping, a diagnosis goes on without.
    const done = before.then(step).catch(() => otherwise);
    before = done;
    return done;
  };
  return {
    read: () =>
      next(
        () =>
          withStore('readonly', async (store) => {
            const [files, given] = await Promise.all([answer<unknown>(store.get('files')), answer<unknown>(store.get('given'))]);
            return isFiles(files) ? { files, given: isGiven(given) ? { ...NOTHING_GIVEN, ...given } : NOTHING_GIVEN } : null;
          }),
        null,
      ),
    files: (files) => next(() => write((store) => store.put(files, 'files')), false),
    given: (given) => next(() => write((store) => store.put(given, 'given')), false),
    forget: () => next(() => write((store) => store.clear()), false),
  };
}

async function write(change: (store: IDBObjectStore) => IDBRequest): Promise<boolean> {
  return withStore('readwrite', async (store) => {
    const done = new Promise<void>((resolve, reject) => {
      store.transaction.oncomplete = () => resolve();
      store.transaction.onabort = () => reject(store.transaction.error ?? new Error('not kept'));
    });
    await Promise.all([answer(change(store)), done]);
    return true;
  });
}

async function withStore<T>(mode: IDBTransactionMode, use: (store: IDBObjectStore) => Promise<T>): Promise<T> {
  const asked = indexedDB.open(DATABASE, 1);
  asked.onupgradeneeded = () => void asked.result.createObjectStore(STORE);
  const database = await answer(asked);
  try {
    return await use(database.transaction(STORE, mode).objectStore(STORE));
  } finally {
    database.close();
  }
}

function answer<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error('the browser’s database refused'));
  });
}

function isFiles(value: unknown): value is readonly NamedFile[] {
  return (
    Array.isArray(value) &&
    value.length > 0 &&
    value.every(
      (one: unknown) => typeof one === 'object' && one !== null && 'path' in one && typeof one.path === 'string' && 'file' in one && one.file instanceof File,
    )
  );
}

function isGiven(value: unknown): value is Partial<GivenText> {
  return typeof value === 'object' && value !== null && Object.values(value).every((one) => typeof one === 'string');
}
