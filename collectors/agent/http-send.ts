import { AGENT_BOUNDS } from '../bounds/index.ts';
import { Agent, request } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { Agent as SecureAgent, request as secureRequest } from 'node:https';
import type { Declare, Outcome, Send } from './types.ts';

/** A reply longer than this is none of Headroom's, characters. */
const MAX_REPLY = AGENT_BOUNDS.reply;
/** What is believed of a `Retry-After`, seconds: a day. The sender waits less. */
const MOST_RETRY_AFTER = 86_400;

export interface HttpOptions {
  /** `https://headroom.example`, with or without a path in front of `/api`. */
  readonly server: string;
  readonly token: string | null;
}

export interface HttpDelivery {
  readonly send: Send;
  readonly declare: Declare;
  /** Closes the kept connection. */
  close(): void;
}

/** What came back: status, the headers that matter, the body. */
export interface HttpReply {
  readonly status: number;
  readonly retryAfter?: string | undefined;
  readonly location?: string | undefined;
  readonly text: string;
}

/** Whether a body of status 200 is the answer to what was asked: null where it is not, else what it tells. */
type Reads = (parsed: unknown) => { readonly note?: string } | null;

interface Call {
  readonly method: 'POST' | 'PUT';
  /** Below the server's address. */
  readonly path: string;
  readonly body: Buffer;
  readonly coding: 'gzip' | null;
  readonly reads: Reads;
}

/** Delivery to a Headroom server. Node's own http: loading fetch costs 10 MB of memory. */
export function httpDelivery({ server, token }: HttpOptions): HttpDelivery {
  const base = new URL(server.endsWith('/') ? server : `${server}/`);
  const secure = base.protocol === 'https:';
  const agent = secure ? new SecureAgent({ keepAlive: true, maxSockets: 2 }) : new Agent({ keepAlive: true, maxSockets: 2 });

  const call = ({ method, path, body, coding, reads }: Call, signal: AbortSignal): Promise<Outcome> =>
    new Promise((resolve) => {
      const failed = (error: Error): void => resolve({ kind: 'later', reason: signal.aborted ? 'no reply in time' : error.message });
      const headers = {
        'content-type': 'application/json',
        ...(coding === null ? {} : { 'content-encoding': coding }),
        'content-length': body.length,
        ...(token === null ? {} : { authorization: `Bearer ${token}` }),
      };
      const asking = (secure ? secureRequest : request)(new URL(path, base), { method, agent, headers, signal }, (response) => {
        readReply(response, signal).then((text) => resolve(outcomeOf(replyFrom(response, text), reads)), failed);
      });
      asking.on('error', failed);
      asking.end(body);
    });

  return {
    send: (parcel, signal) => call({ method: 'POST', path: 'api/ingest', body: parcel.bytes(), coding: 'gzip', reads: readsIngest }, signal),
    declare: (key, declaration, signal) => {
      const path = `api/jobs/${encodeURIComponent(key.cluster)}/${encodeURIComponent(key.id)}`;
      return call({ method: 'PUT', path, body: Buffer.from(JSON.stringify(declaration)), coding: null, reads: readsJob(key) }, signal);
    },
    close: () => agent.destroy(),
  };
}

function replyFrom(response: IncomingMessage, text: string): HttpReply {
  return { status: response.statusCode ?? 0, retryAfter: response.headers['retry-after'], location: response.headers.location, text };
}

function readReply(response: IncomingMessage, signal: AbortSignal): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    response.setEncoding('utf8');
    response.on('data', (chunk: string) => {
      text += chunk;
      if (text.length > MAX_REPLY) response.destroy(new Error(`the reply is longer than ${MAX_REPLY} characters: ${STRANGER}`));
    });
    response.on('end', () => resolve(text));
    // A reply that breaks off says nothing about what was stored.
    response.on('error', reject);
    response.on('close', () => reject(new Error(signal.aborted ? 'no reply in time' : 'the reply broke off')));
  });
}

const STRANGER = 'something else answers at this address (a proxy, a login page?): give --server the address of Headroom itself';

/**
 * What a reply means: stored, never to be stored, to be sent again. Only what has the contract's shape counts as Headroom's word; whatever
 * else comes, with whatever status, has stored nothing, and has no say in what is dropped.
 */
export function outcomeOf({ status, retryAfter, location, text }: HttpReply, reads: Reads = readsIngest): Outcome {
  const parsed = parsedOf(text);
  const said = `${status} ${errorOf(parsed) ?? oneLine(text)}`.trim();
  if (status === 200) {
    const read = reads(parsed);
    return read === null ? { kind: 'later', reason: `${text === '' ? '200 without a body' : said}: ${STRANGER}`, strange: true } : { kind: 'stored', ...read };
  }
  if (status < 300) return { kind: 'later', reason: `${said}: ${STRANGER}`, strange: true };
  if (status < 400)
    return { kind: 'later', reason: `${status}, a redirect to ${placeOf(location)}: give --server the address where Headroom is`, strange: true };
  if (status === 401 || status === 403) {
    const reason = `the token is not accepted (${said}): give one that may write`;
    return { kind: 'later', reason, ...(status === 403 && errorOf(parsed) !== null ? { forbidden: true } : {}) };
  }
  if (status === 404) return { kind: 'later', reason: `no Headroom at this address (${said})` };
  if (status === 400 || status === 409 || status === 413 || status === 415 || status === 422)
    return errorOf(parsed) === null ? { kind: 'later', reason: `${said}: ${STRANGER}`, strange: true } : { kind: 'refused', reason: said };
  return { kind: 'later', reason: said, ...waitOf(retryAfter, Date.now() / 1000) };
}

/** `Retry-After`: seconds, or a date (RFC 9110, 10.2.3); a day at most, nothing where it is neither. `now` in seconds UTC. */
export function waitOf(retryAfter: string | undefined, now: number): { readonly retryAfter?: number } {
  const given = (retryAfter ?? '').trim();
  const seconds = /^\d{1,10}$/.test(given)
    ? Number.parseInt(given, 10)
    : /^[A-Z][a-z]{2,8},? .{10,40}$/.test(given)
      ? Date.parse(given) / 1000 - now
      : Number.NaN;
  return Number.isFinite(seconds) ? { retryAfter: Math.max(0, Math.min(MOST_RETRY_AFTER, Math.ceil(seconds))) } : {};
}

/** `IngestReply` of core/contract, by hand: the agent does without a validator's memory. */
function readsIngest(parsed: unknown): { readonly note?: string } | null {
  if (!isObject(parsed)) return null;
  const { durable, duplicate, rejected } = parsed;
  if (!isCount(durable) || typeof duplicate !== 'boolean' || !Array.isArray(rejected)) return null;
  if (!rejected.every((each: unknown) => isObject(each) && typeof each['at'] === 'string' && typeof each['reason'] === 'string')) return null;
  return rejected.length === 0 ? {} : { note: `the server left out ${rejected.length} of a batch: ${JSON.stringify(rejected[0]).slice(0, 300)}` };
}

/** The job as the server has it now: the one that was declared. */
function readsJob({ cluster, id }: { readonly cluster: string; readonly id: string }): Reads {
  return (parsed) => (isObject(parsed) && parsed['cluster'] === cluster && parsed['id'] === id ? {} : null);
}

/** The words of the contract's `ErrorReply`; null where it is none. */
function errorOf(parsed: unknown): string | null {
  if (!isObject(parsed) || typeof parsed['error'] !== 'string' || typeof parsed['where'] !== 'string' || typeof parsed['remedy'] !== 'string') return null;
  return parsed['error'].slice(0, 300);
}

/** What a stranger says, for a log: short, on one line. */
function oneLine(text: string): string {
  return text
    .slice(0, 100)
    .replace(/[^ -~]+/g, ' ')
    .trim();
}

/** Where a redirect leads, without what a query may carry. */
function placeOf(location: string | undefined): string {
  if (location === undefined) return 'nowhere';
  const [place = ''] = location.slice(0, 200).split(/[?#]/, 1);
  return oneLine(place.replace(/\/\/[^/@]{0,200}@/, '//'));
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 0; // a safe integer is a number
}

function parsedOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null; // a proxy's page
  }
}
