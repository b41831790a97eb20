/** A view of the page, as its URL's path names it. */
export type Route =
  | { readonly page: 'overview' }
  | { readonly page: 'jobs' }
  | { readonly page: 'job'; readonly cluster: string; readonly id: string }
  | { readonly page: 'nodes' }
  | { readonly page: 'node'; readonly node: string }
  | { readonly page: 'diagnose' }
  | { readonly page: 'missing'; readonly path: string };

/** The view of a path; a path that names none is `missing`. */
export function parseRoute(path: string): Route {
  const parts = path
    .split('/')
    .filter((part) => part !== '')
    .map(decoded);
  const [first, second, third] = parts;
  if (first === undefined) return { page: 'overview' };
  if (parts.length === 1 && (first === 'jobs' || first === 'nodes' || first === 'diagnose')) return { page: first };
  if (first === 'jobs' && parts.length === 3 && second !== undefined && third !== undefined) return { page: 'job', cluster: second, id: third };
  if (first === 'nodes' && parts.length === 2 && second !== undefined) return { page: 'node', node: second };
  return { page: 'missing', path };
}

/** The path of a view. */
export function pathOf(route: Route): string {
  switch (route.page) {
    case 'overview':
      return '/';
    case 'jobs':
    case 'nodes':
    case 'diagnose':
      return `/${route.page}`;
    case 'job':
      return `/jobs/${encodeURIComponent(route.cluster)}/${encodeURIComponent(route.id)}`;
    case 'node':
      return `/nodes/${encodeURIComponent(route.node)}`;
    case 'missing':
      return route.path;
  }
}

/** The path of a job's page, of a job named `cluster/id`. */
export function jobPath(name: string): string {
  return `/jobs/${name.split('/').map(encodeURIComponent).join('/')}`;
}

/** A query string with some parameters set, or removed where the value is null; the others stay, in order. Empty or with its `?`. */
export function withQuery(search: string, changes: Readonly<Record<string, string | null>>): string {
  const query = new URLSearchParams(search);
  for (const [name, value] of Object.entries(changes)) {
    if (value === null || value === '') query.delete(name);
    else query.set(name, value);
  }
  const text = query.toString();
  return text === '' ? '' : `?${text}`;
}

/** A zoom in a query (`from`, `to`), null where it is absent or makes no stretch of time. */
export function zoomOf(search: string): { from: number; to: number } | null {
  const query = new URLSearchParams(search);
  const [from, to] = [query.get('from'), query.get('to')].map((text) => (text === null || text === '' ? Number.NaN : Number(text)));
  return from !== undefined && to !== undefined && Number.isFinite(from) && Number.isFinite(to) && to > from ? { from, to } : null;
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part; // a stray % in a pasted address: taken as it stands
  }
}
