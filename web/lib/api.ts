import {
  type Analysis,
  decodeSeries,
  type DrawnReply,
  drawnReply,
  type ErrorReply,
  type IngestBatch,
  type IngestReply,
  type Job,
  type JobDeclaration,
  type JobDetail,
  type JobsPage,
  type JobsQuery,
  type NodeDetail,
  type NodesReply,
  type Overview,
  SERIES_BYTES,
  type SeriesReply,
  type Session,
  type SiteReply,
  type TokenReply,
  type TokenRequest,
} from '../../core/contract/index.ts';
import { secretHeaders } from './secret.ts';

/**
 * Why a request brought nothing: what happened and what to do, ready to be shown.
 * `offline`: no reply; `denied`: 401 or 403; `missing`: 404; `refused`: another 4xx; `broken`: 5xx or no sensible reply.
 */
export interface Trouble {
  readonly kind: 'offline' | 'denied' | 'missing' | 'refused' | 'broken';
  readonly status: number | null;
  readonly what: string;
  readonly where: string;
  readonly remedy: string;
}

/** A request that failed, with its trouble. */
export class RequestFailed extends Error {
  readonly trouble: Trouble;
  /** Seconds after which the server asks to be asked again; null where that is no matter of time. */
  readonly wait: number | null;

  constructor(trouble: Trouble, wait: number | null = null) {
    super(trouble.what);
    this.name = 'RequestFailed';
    this.trouble = trouble;
    this.wait = wait;
  }
}

/** Longer than any range query may take, shorter than a person's patience. */
const TIMEOUT_MS = 30_000;

export interface SeriesAsk {
  readonly metrics: readonly string[];
  readonly from?: number;
  readonly to?: number;
  readonly points: number;
}

/** Every call that the page makes. Each throws RequestFailed, or an AbortError when `signal` was used. */
export const api = {
  session: (signal?: AbortSignal) => get<Session>('/api/session', signal),
  overview: (signal?: AbortSignal) => get<Overview>('/api/overview', signal),
  jobs: (query: JobsQuery, signal?: AbortSignal) => get<JobsPage>(`/api/jobs${queryOf(query)}`, signal),
  job: (cluster: string, id: string, signal?: AbortSignal) => get<JobDetail>(jobPath(cluster, id), signal),
  jobAnalysis: (cluster: string, id: string, signal?: AbortSignal) => get<Analysis>(`${jobPath(cluster, id)}/analysis`, signal),
  jobSeries: (cluster: string, id: string, ask: SeriesAsk, signal?: AbortSignal) => getSeries(`${jobPath(cluster, id)}/series${seriesQuery(ask)}`, signal),
  site: (signal?: AbortSignal) => get<SiteReply>('/api/site', signal),
  nodes: allNodes,
  node: (node: string, signal?: AbortSignal) => get<NodeDetail>(`/api/nodes/${encodeURIComponent(node)}`, signal),
  nodeSeries: (node: string, ask: SeriesAsk, signal?: AbortSignal) => getSeries(`/api/nodes/${encodeURIComponent(node)}/series${seriesQuery(ask)}`, signal),
  signOut: (signal?: AbortSignal) => request<true>('/api/session', { method: 'DELETE', headers: {} }, signal, async () => true),
  issueToken: (token: TokenRequest, signal?: AbortSignal) => send<TokenReply>('POST', '/api/tokens', token, signal),
  declareJob: (cluster: string, id: string, job: JobDeclaration, signal?: AbortSignal) => send<Job>('PUT', jobPath(cluster, id), job, signal),
  ingest: (batch: IngestBatch, signal?: AbortSignal) => send<IngestReply>('POST', '/api/ingest', batch, signal),
};

/** The trouble in anything that was thrown; null for an abort, which is nobody's trouble. */
export function troubleOf(error: unknown): Trouble | null {
  if (error instanceof RequestFailed) return error.trouble;
  if (error instanceof DOMException && error.name === 'AbortError') return null;
  const what = error instanceof Error ? error.message : String(error);
  return { kind: 'broken', status: null, what, where: '', remedy: 'reload the page; if it stays, report it with this text' };
}

/** GET a JSON reply. */
async function get<T>(path: string, signal?: AbortSignal): Promise<T> {
  return request(path, { headers: { accept: 'application/json' } }, signal, jsonOf<T>);
}

/** GET series: as typed columns, which a server sends that can, else out of its JSON. */
async function getSeries(path: string, signal?: AbortSignal): Promise<DrawnReply> {
  const accept = `${SERIES_BYTES}, application/json;q=0.5`;
  return request(path, { headers: { accept } }, signal, async (reply) => {
    const type = reply.headers.get('content-type') ?? '';
    return type.startsWith(SERIES_BYTES) ? decodeSeries(await reply.arrayBuffer()) : drawnReply((await reply.json()) as SeriesReply); // a parse boundary, as jsonOf
  });
}

async function send<T>(method: 'PUT' | 'POST', path: string, body: unknown, signal?: AbortSignal): Promise<T> {
  return request(path, { method, body: JSON.stringify(body), headers: { accept: 'application/json', 'content-type': 'application/json' } }, signal, jsonOf<T>);
}

async function jsonOf<T>(reply: Response): Promise<T> {
  return (await reply.json()) as T; // a parse boundary: the server validates its replies against the same contract
}

interface Init {
  readonly method?: 'PUT' | 'POST' | 'DELETE';
  readonly body?: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** `read` makes a good reply's body into what is wanted; a refusal is JSON whatever was asked for. */
async function request<T>(path: string, init: Init, signal: AbortSignal | undefined, read: (reply: Response) => Promise<T>): Promise<T> {
  const timeout = AbortSignal.timeout(TIMEOUT_MS);
  const headers = { ...secretHeaders(), ...init.headers };
  const reply = await fetch(path, { ...init, headers, signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]) }).catch((error: unknown) => {
    if (signal?.aborted === true) throw error;
    throw new RequestFailed(silence(path, timeout.aborted));
  });
  const unreadable = (error: unknown): null => {
    if (signal?.aborted === true) throw error;
    return null;
  };
  if (!reply.ok) throw new RequestFailed(refusal(reply.status, await reply.json().catch(unreadable), path), waitOf(reply));
  const body = await read(reply).catch(unreadable);
  if (body === null) {
    throw new RequestFailed({
      kind: 'broken',
      status: reply.status,
      what: 'The reply was not readable.',
      where: path,
      remedy: 'A proxy may stand between: open the server’s own address.',
    });
  }
  return body;
}

/** Seconds of a refusal's `Retry-After`; null where it has none. */
function waitOf({ status, headers }: Response): number | null {
  const after = headers.get('retry-after') ?? '';
  return (status === 429 || status === 503) && /^\d{1,6}$/.test(after) ? Number(after) : null;
}

/** What a refusal says, from the server's own words where it has any. */
export function refusal(status: number, body: unknown, path: string): Trouble {
  const said = isErrorReply(body) ? body : null;
  const kind = status === 401 || status === 403 ? 'denied' : status === 404 ? 'missing' : status < 500 ? 'refused' : 'broken';
  return {
    kind,
    status,
    what: said?.error ?? `The server answered ${status}.`,
    where: said?.where ?? path,
    remedy: said?.remedy ?? REMEDIES[kind],
  };
}

const REMEDIES: Readonly<Record<Exclude<Trouble['kind'], 'offline'>, string>> = {
  denied: 'Open the address that the server printed when it started: it signs this browser in.',
  missing: 'It may have another id, or belong to somebody else.',
  refused: 'Change the request and try again.',
  broken: 'Try again in a moment; the server’s log says more.',
};

function silence(path: string, timedOut: boolean): Trouble {
  return {
    kind: 'offline',
    status: null,
    what: timedOut ? `No answer within ${TIMEOUT_MS / 1000} s.` : 'The server cannot be reached.',
    where: path,
    remedy: 'Check that it runs and that this machine’s network (or tunnel) is up. The page tries again by itself.',
  };
}

function isErrorReply(body: unknown): body is ErrorReply {
  return (
    typeof body === 'object' &&
    body !== null &&
    'error' in body &&
    typeof body.error === 'string' &&
    'remedy' in body &&
    typeof body.remedy === 'string' &&
    'where' in body &&
    typeof body.where === 'string'
  );
}

function jobPath(cluster: string, id: string): string {
  return `/api/jobs/${encodeURIComponent(cluster)}/${encodeURIComponent(id)}`;
}

function seriesQuery(ask: SeriesAsk): string {
  return queryOf({ metrics: ask.metrics.join(','), from: ask.from, to: ask.to, points: ask.points });
}

/** A query string of the values that are there. */
export function queryOf(values: Readonly<Record<string, string | number | undefined>>): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(values)) if (value !== undefined && value !== '') query.set(name, String(value));
  const text = query.toString();
  return text === '' ? '' : `?${text}`;
}

/** Every node, page after page; as of the first one. */
async function allNodes(signal?: AbortSignal): Promise<NodesReply> {
  const first = await get<NodesReply>('/api/nodes?limit=1000', signal);
  const nodes = [...first.nodes];
  for (let { cursor } = first; cursor !== null;) {
    const next = await get<NodesReply>(`/api/nodes?limit=1000&cursor=${encodeURIComponent(cursor)}`, signal);
    nodes.push(...next.nodes);
    ({ cursor } = next);
  }
  return { now: first.now, nodes, cursor: null };
}
