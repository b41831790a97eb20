// Past the door of server/main: tests hold the running service, to look into its parts.
import { mkdtempSync, rmSync } from 'node:fs';
import { request, type ClientRequest, type IncomingHttpHeaders } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { IngestBatch } from '../../core/contract/index.ts';
import { batchFromIntake } from '../../core/readings/index.ts';
import { readConfig } from '../../server/settings/index.ts';
import { start } from '../../server/main/index.ts';
import type { Running } from '../../server/main/index.ts';
import { batchOf } from './batches.ts';

export interface TestService {
  readonly running: Running;
  readonly address: string;
  readonly data: string;
  /** A token that may do everything. */
  readonly token: string;
  /** The headers of a signed-in browser: its cookie, and its page's secret. Signs in with the printed address: once. */
  signIn(): Promise<{ cookie: string; 'x-headroom-session': string }>;
  /** GET as a signed-in program: the parsed reply. Throws on any other status than 200. */
  get<T>(path: string): Promise<T>;
  ingest(batch: unknown): Promise<Response>;
  stop(): Promise<void>;
}

/** A folder on a local disk that is removed by `removeFolders`. */
export function dataFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'headroom-test-'));
  folders.push(folder);
  return folder;
}
const folders: string[] = [];

/** For `afterAll`: the folders of this file's tests. */
export function removeFolders(): void {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
}

/** The service as `headroom serve` starts it, on a free port, with a folder of its own. */
export async function startService(options: { data?: string; demo?: boolean; env?: Record<string, string> } = {}): Promise<TestService> {
  const data = options.data ?? dataFolder();
  const config = readConfig({ HEADROOM_DATA: data, HEADROOM_PORT: '0', HEADROOM_LOG: 'silent', ...options.env });
  const running = await start({ config, demo: options.demo === true ? { seed: 1 } : null, agent: false });
  const token = await running.service.store.tokens.issue({ scope: { kind: 'admin' }, name: 'test', expires: null });
  const { address } = running;
  return {
    running,
    address,
    data,
    token,
    async signIn() {
      const reply = await fetch(`${address}/api/session`, {
        method: 'POST',
        body: JSON.stringify({ token: new URL(running.url).hash.replace('#token=', '') }),
        headers: { 'content-type': 'application/json' },
      });
      const { secret } = (await reply.json()) as { secret: string }; // the service's own reply
      return { cookie: reply.headers.getSetCookie()[0]?.split(';')[0] ?? '', 'x-headroom-session': secret };
    },
    async get(path) {
      const reply = await fetch(`${address}${path}`, { headers: { authorization: `Bearer ${token}` } });
      if (reply.status !== 200) throw new Error(`${path}: ${reply.status} ${await reply.text()}`);
      return (await reply.json()) as never; // a test's own expectation
    },
    ingest: (batch) =>
      fetch(`${address}/api/ingest`, {
        method: 'POST',
        body: JSON.stringify(batch),
        headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      }),
    stop: () => running.close(),
  };
}

export interface Exchange {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** One request with headers that `fetch` would not let through (Host, Origin, Sec-Fetch-Site). */
export function ask(
  address: string,
  path: string,
  options: { method?: string; headers?: Record<string, string>; body?: string | Buffer } = {},
): Promise<Exchange> {
  return new Promise((resolve, reject) => {
    const asking = request(`${address}${path}`, { method: options.method ?? 'GET', headers: options.headers ?? {} }, (response) => {
      let text = '';
      response
        .setEncoding('utf8')
        .on('data', (chunk: string) => (text += chunk))
        .on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text }));
    });
    asking.on('error', reject);
    asking.end(options.body);
  });
}

export interface OpenStream {
  readonly request: ClientRequest;
  readonly lines: Record<string, unknown>[];
  readonly status: () => number | null;
  /** Resolves when the reply has ended. */
  readonly ended: Promise<void>;
  /** Resolves when a line fulfils the condition. */
  until(condition: (line: Record<string, unknown>) => boolean): Promise<Record<string, unknown>>;
}

/** Streams to /api/ingest/raw as `curl -T -` does: PUT, chunked, no content type. */
export function openStream(address: string, query: string, token: string, headers: Record<string, string> = {}): OpenStream {
  const lines: Record<string, unknown>[] = [];
  const waiting: { condition: (line: Record<string, unknown>) => boolean; resolve: (line: Record<string, unknown>) => void }[] = [];
  let status: number | null = null;
  const asking = request(`${address}/api/ingest/raw?${query}`, {
    method: 'PUT',
    headers: { authorization: `Bearer ${token}`, expect: '100-continue', 'transfer-encoding': 'chunked', ...headers },
  });
  asking.flushHeaders();
  const ended = new Promise<void>((resolve) => {
    asking.on('error', () => resolve());
    asking.on('response', (response) => {
      status = response.statusCode ?? 0;
      let rest = '';
      response
        .setEncoding('utf8')
        .on('data', (chunk: string) => {
          const parts = (rest + chunk).split('\n');
          rest = parts.pop() ?? '';
          for (const part of parts) take(JSON.parse(part) as Record<string, unknown>);
        })
        .on('end', () => {
          if (rest !== '') take(JSON.parse(rest) as Record<string, unknown>);
          resolve();
        })
        .on('error', () => resolve());
    });
  });
  const take = (line: Record<string, unknown>) => {
    lines.push(line);
    for (const one of [...waiting]) if (one.condition(line)) one.resolve(line);
  };
  return {
    request: asking,
    lines,
    ended,
    status: () => status,
    until: (condition) => {
      const there = lines.find(condition);
      return there !== undefined ? Promise.resolve(there) : new Promise((resolve) => waiting.push({ condition, resolve }));
    },
  };
}

/** One reading of a GPU, as a batch. */
export function gpuBatch(source: string, seq: number, uuid: string, t: number[], columns: Parameters<typeof batchOf>[2], node = 'n1'): IngestBatch {
  return batchFromIntake(batchOf({ kind: 'gpu', id: uuid }, t, columns, { source, seq, node }));
}
