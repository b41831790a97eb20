import { Agent, request } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { Agent as SecureAgent, request as secureRequest } from 'node:https';
import type { Declare, Outcome, Send } from './types.ts';

/** A reply is read up to this many characters. */
const MAX_REPLY = 100_000;

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

interface Call {
  readonly method: 'POST' | 'PUT';
  /** Below the server's address. */
  readonly path: string;
  readonly body: Buffer;
  readonly coding: 'gzip' | null;
}

/** Delivery to a Headroom server. Node's own http: loading fetch costs 10 MB of memory. */
export function httpDelivery({ server, token }: HttpOptions): HttpDelivery {
  const base = new URL(server.endsWith('/') ? server : `${server}/`);
  const secure = base.protocol === 'https:';
  const agent = secure ? new SecureAgent({ keepAlive: true, maxSockets: 2 }) : new Agent({ keepAlive: true, maxSockets: 2 });

  const call = ({ method, path, body, coding }: Call, signal: AbortSignal): Promise<Outcome> =>
    new Promise((resolve) => {
      const failed = (error: Error): void => resolve({ kind: 'later', reason: signal.aborted ? 'no reply in time' : error.message });
      const headers = {
        'content-type': 'application/json',
        ...(coding === null ? {} : { 'content-encoding': coding }),
        'content-length': body.length,
        ...(token === null ? {} : { authorization: `Bearer ${token}` }),
      };
      const asking = (secure ? secureRequest : request)(new URL(path, base), { method, agent, headers, signal }, (response) => {
        readReply(response, signal).then((text) => resolve(outcomeOf(response.statusCode ?? 0, response.headers['retry-after'], text)), failed);
      });
      asking.on('error', failed);
      asking.end(body);
    });

  return {
    send: (parcel, signal) => call({ method: 'POST', path: 'api/ingest', body: parcel.bytes(), coding: 'gzip' }, signal),
    declare: (key, declaration, signal) => {
      const path = `api/jobs/${encodeURIComponent(key.cluster)}/${encodeURIComponent(key.id)}`;
      return call({ method: 'PUT', path, body: Buffer.from(JSON.stringify(declaration)), coding: null }, signal);
    },
    close: () => agent.destroy(),
  };
}

function readReply(response: IncomingMessage, signal: AbortSignal): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    response.setEncoding('utf8');
    response.on('data', (chunk: string) => {
      if (text.length < MAX_REPLY) text += chunk;
    });
    response.on('end', () => resolve(text));
    // A reply that breaks off says nothing about what was stored.
    response.on('error', reject);
    response.on('close', () => reject(new Error(signal.aborted ? 'no reply in time' : 'the reply broke off')));
  });
}

/** What a status means for a batch: try again, never try again, done. */
export function outcomeOf(status: number, retryAfter: string | undefined, text: string): Outcome {
  const said = `${status} ${errorOf(text)}`.trim();
  if (status >= 200 && status < 300) {
    const note = rejectionsOf(text);
    return note === null ? { kind: 'stored' } : { kind: 'stored', note };
  }
  if (status === 401 || status === 403) return { kind: 'later', reason: `the token is not accepted (${said}): give one that may write` };
  if (status === 404) return { kind: 'later', reason: `no Headroom at this address (${said})` };
  if (status === 400 || status === 409 || status === 413 || status === 415 || status === 422) return { kind: 'refused', reason: said };
  const seconds = Number.parseInt(retryAfter ?? '', 10);
  return { kind: 'later', reason: said, ...(seconds >= 0 ? { retryAfter: seconds } : {}) };
}

function errorOf(text: string): string {
  const parsed = parsedOf(text);
  const error = parsed !== null && 'error' in parsed ? parsed.error : parsed !== null && 'message' in parsed ? parsed.message : null;
  return typeof error === 'string' ? error.slice(0, 300) : text.slice(0, 100);
}

function rejectionsOf(text: string): string | null {
  const parsed = parsedOf(text);
  if (parsed === null || !('rejected' in parsed) || !Array.isArray(parsed.rejected) || parsed.rejected.length === 0) return null;
  return `the server left out ${parsed.rejected.length} of a batch: ${JSON.stringify(parsed.rejected[0]).slice(0, 300)}`;
}

function parsedOf(text: string): object | null {
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === 'object' ? parsed : null;
  } catch {
    return null; // a proxy's page: the status tells enough
  }
}
