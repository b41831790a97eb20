import { parseRoute, withQuery } from './route.ts';

let path = $state(location.pathname);
let search = $state(location.search);

/** Where the page is: reactive. */
export const router = {
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
  if (options.replace === true) history.replaceState(null, '', url);
  else history.pushState(null, '', url);
  const moved = location.pathname !== path;
  read();
  if (moved) {
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
  const click = (event: MouseEvent): void => {
    if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    const link = event.target instanceof Element ? event.target.closest('a') : null;
    if (link === null || link.target !== '' || link.hasAttribute('download') || link.origin !== location.origin) return;
    if (link.pathname.startsWith('/api/') || (link.hash !== '' && link.pathname === location.pathname)) return;
    event.preventDefault();
    go(link.pathname + link.search);
  };
  document.addEventListener('click', click);
  addEventListener('popstate', read);
  return () => {
    document.removeEventListener('click', click);
    removeEventListener('popstate', read);
  };
}

function read(): void {
  path = location.pathname;
  search = location.search;
}
