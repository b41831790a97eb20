import { troubleOf, type Trouble } from './api.ts';

/** Something fetched: the value as long as there is one, the trouble of the last try, and whether a fetch is under way. Reactive. */
export interface Loaded<T> {
  readonly value: T | null;
  readonly trouble: Trouble | null;
  readonly loading: boolean;
  /** Fetches (again); what is shown stays until the new value is there. */
  again(): Promise<void>;
  /** Puts a value that came another way, such as over the socket. */
  put(value: T): void;
  close(): void;
}

/** Fetches again every so many milliseconds while somebody looks at the page. Returns the undo. */
export function refresh(loaded: Pick<Loaded<unknown>, 'again'>, every: number): () => void {
  const timer = setInterval(() => {
    if (document.visibilityState === 'visible') void loaded.again();
  }, every);
  return () => clearInterval(timer);
}

/** Fetches at once, and again by itself after trouble that may pass (no connection, a server that fails). */
export function load<T>(fetcher: (signal: AbortSignal) => Promise<T>): Loaded<T> {
  let value = $state.raw<T | null>(null);
  let trouble = $state.raw<Trouble | null>(null);
  let loading = $state(true);
  let running = new AbortController();
  let closed = false;
  let timer: ReturnType<typeof setTimeout> | undefined;

  async function again(): Promise<void> {
    if (closed) return;
    running.abort();
    running = new AbortController();
    const { signal } = running;
    clearTimeout(timer);
    loading = true;
    try {
      const next = await fetcher(signal);
      if (signal.aborted) return;
      value = next;
      trouble = null;
    } catch (error) {
      if (signal.aborted) return;
      trouble = troubleOf(error);
      if (trouble?.kind === 'offline' || trouble?.kind === 'broken') timer = setTimeout(() => void again(), 5000);
    }
    loading = false;
  }

  void again();
  return {
    get value() {
      return value;
    },
    get trouble() {
      return trouble;
    },
    get loading() {
      return loading;
    },
    again,
    put(next) {
      value = next;
    },
    close() {
      closed = true;
      running.abort();
      clearTimeout(timer);
    },
  };
}
