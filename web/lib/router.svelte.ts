import { parseRoute, withQuery } from './route.ts';

let path = $state(location.pathname);
let search = $state(location.search);

let cameBack = false;

/** Where the page is: reactive. */
export const router = {
  /** Whether the page was come back to by the browser's back or forward: it shows what it showed then. */
  get cameBack() {
    return cameBack;
  },
  get path() {
    return path;
  },
  get search() {
    return search;
  },
  get route() {
    return parseRoute(path);
  },
};

/** Goes to a path with its query; `replace` keeps the history as it is. */
function go(url: string, options: { replace?: boolean } = {}): void {
  if (options.replace === true) history.replaceState(history.state, '', url);
  else {
    keepPlace();
    history.pushState(null, '', url);
  }
  const moved = location.pathname !== path;
  cameBack = false;
  read();
  if (moved) {
    wanted = null;
    scrollTo(0, 0);
    // Keyboard and screen-reader users start at the new page's content, not where the old link was.
    document.getElementById('main')?.focus({ preventScroll: true });
  }
}

/** Changes parameters of this view's query. Small changes (typing, hovering) replace; steps one may want to take back push. */
export function setQuery(changes: Readonly<Record<string, string | null>>, options: { push?: boolean } = {}): void {
  const next = withQuery(search, changes);
  if (next !== search) go(path + next, { replace: options.push !== true });
}

/** Follows links inside the page without loading it again, and the browser's back and forward. Returns the undo. */
export function startRouter(): () => void {
  history.scrollRestoration = 'manual'; // the browser would scroll before the list is there
  const click = (event: MouseEvent): void => {
    if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    const link = event.target instanceof Element ? event.target.closest('a') : null;
    if (link === null || link.target !== '' || link.hasAttribute('download') || link.origin !== location.origin) return;
    if (link.pathname.startsWith('/api/') || (link.hash !== '' && link.pathname === location.pathname)) return;
    event.preventDefault();
    go(link.pathname + link.search);
  };
  document.addEventListener('click', click);
  const back = (): void => {
    const moved = location.pathname !== path;
    cameBack = moved;
    read();
    if (moved) restore(placeOf(history.state));
  };
  let timer: ReturnType<typeof setTimeout> | undefined;
  const scrolled = (): void => {
    if (wanted !== null) return;
    clearTimeout(timer);
    const at = location.href;
    timer = setTimeout(() => at === location.href && keepPlace(), SETTLED_MS);
  };
  const leave = (): void => {
    wanted = null;
  };
  addEventListener('popstate', back);
  addEventListener('scroll', scrolled, { passive: true });
  for (const kind of TAKES_OVER) addEventListener(kind, leave, { passive: true });
  addEventListener('pagehide', keepPlace);
  restore(placeOf(history.state));
  return () => {
    clearTimeout(timer);
    document.removeEventListener('click', click);
    removeEventListener('popstate', back);
    removeEventListener('scroll', scrolled);
    for (const kind of TAKES_OVER) removeEventListener(kind, leave);
    removeEventListener('pagehide', keepPlace);
  };
}

/** Browsers refuse a history that is written more than about three times a second. */
const SETTLED_MS = 400;
/** What a reader does who no longer waits for the old place. */
const TAKES_OVER = ['wheel', 'touchstart', 'keydown', 'pointerdown'] as const;
/** A page that is not as long as it was by then will not be. */
const PATIENCE_MS = 10_000;

/** The place that is waited for, pixels from the top; null where none is. */
let wanted: number | null = null;

function keepPlace(): void {
  history.replaceState({ y: scrollY }, '');
}

function placeOf(state: unknown): number {
  return typeof state === 'object' && state !== null && 'y' in state && typeof state.y === 'number' ? state.y : 0;
}

/** Scrolls to where the reader was as soon as the page is as long again: what it shows comes over the network. */
function restore(y: number): void {
  wanted = y;
  const until = performance.now() + PATIENCE_MS;
  const step = (): void => {
    if (wanted !== y) return;
    if (document.documentElement.scrollHeight - innerHeight >= y || performance.now() > until) {
      scrollTo(0, y);
      wanted = null;
    } else requestAnimationFrame(step);
  };
  requestAnimationFrame(step);
}

function read(): void {
  path = location.pathname;
  search = location.search;
}
