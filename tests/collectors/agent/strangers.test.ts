// Past the door of collectors/agent: what answers in the server's place is played one reply at a time.
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { intakeFromBatch } from '../../../core/readings/index.ts';
import { httpDelivery, type HttpDelivery } from '../../../collectors/agent/index.ts';
import { parcelOf } from '../../../collectors/agent/parcel.ts';
import { queueOn } from '../../../collectors/agent/queue.ts';
import { startSender } from '../../../collectors/agent/sender.ts';
import { openSpool } from '../../../collectors/agent/spool.ts';

const TAKEN = '{"durable":1,"duplicate":false,"rejected":[]}';
const BATCHES = 3;
let folder = '';
let server: Server;
let http: HttpDelivery;
let answer: (request: IncomingMessage, reply: ServerResponse) => void = () => undefined;
let asked: { readonly at: number; readonly path: string }[] = [];
let said: string[] = [];
let refused: string[] = [];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'headroom-strangers-'));
  [asked, said, refused] = [[], [], []];
  server = createServer((request, reply) => {
    asked.push({ at: performance.now(), path: request.url ?? '' });
    request.resume();
    request.on('end', () => answer(request, reply));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo; // a listening TCP server
  http = httpDelivery({ server: `http://127.0.0.1:${port}`, token: 't' });
});
afterEach(() => {
  http.close();
  server.closeAllConnections();
  server.close();
  rmSync(folder, { recursive: true, force: true });
});

/** An agent's way out with three batches in its spool. */
async function wayOut() {
  const spool = await openSpool({ folder: join(folder, 'spool'), limit: 1024 * 1024 }, () => undefined);
  const queue = queueOn(spool, () => undefined);
  await queue.spill();
  for (let seq = 1; seq <= BATCHES; seq += 1) {
    const blocks = [{ entity: { kind: 'host' as const, id: 'n1' }, t: [1_700_000_000 + seq], columns: { 'host.load1': [seq] } }];
    await queue.push(parcelOf(intakeFromBatch({ source: 'agent/n1/x', seq, node: 'n1', blocks })));
  }
  const log = { info: (text: string) => said.push(text), warn: (text: string) => said.push(text) };
  const sender = startSender({ queue, send: http.send, backoff: { first: 0.02, most: 0.1 }, log, refused: (reason) => refused.push(reason) });
  return {
    count: () => queue.count(),
    async stop() {
      await sender.stop(0.5);
      await spool.close();
    },
  };
}

const page = (status: number, body: string, headers: Readonly<Record<string, string>> = {}) => {
  return (_: IncomingMessage, reply: ServerResponse) => void reply.writeHead(status, { 'content-type': 'text/html', ...headers }).end(body);
};

const STRANGERS: readonly [string, typeof answer, RegExp][] = [
  ["a proxy's login page with 200", page(200, '<!doctype html><title>Sign in</title>'), /200 <!doctype html>.*give --server the address of Headroom itself/],
  ['an empty 200', page(200, ''), /200 without a body: something else answers/],
  ["another program's JSON", page(200, '{"status":"ok"}', { 'content-type': 'application/json' }), /200 \{"status":"ok"\}: something else/],
  ['a redirect', page(302, '', { location: 'https://login.example.org/?back=x' }), /302, a redirect to https:\/\/login\.example\.org\/: give --server/],
  ['a 204', page(204, ''), /204: something else/],
  ["a proxy's 413", page(413, '<h1>413 Request Entity Too Large</h1>'), /413 <h1>.*something else/],
  ['half a reply', (_, reply) => void reply.writeHead(200, { 'content-length': '500' }).end(TAKEN), /./],
  [
    'a reply without end',
    (_, reply) => {
      reply.writeHead(200);
      const more = (): void => {
        while (!reply.destroyed && reply.write('x'.repeat(65_536)));
      };
      reply.on('drain', more);
      more();
    },
    /the reply is longer than 1000000 characters: something else/,
  ],
  ['garbage instead of HTTP', (request) => void request.socket.end('\u0000\u0001 not http\r\n\r\n'), /Parse Error|socket hang up/],
  ['a connection that is cut', (request) => void request.socket.destroy(), /socket hang up|ECONNRESET/],
];

describe('somebody else in the server’s place', () => {
  it.each(STRANGERS)('%s empties no spool, is named once, and all is sent when the server is back', async (_, stranger, words) => {
    answer = stranger;
    const own = await wayOut();
    await expect.poll(() => asked.length).toBeGreaterThan(2);
    expect(own.count()).toBe(BATCHES);
    expect(said).toHaveLength(1);
    expect(said[0]).toMatch(words);
    answer = page(200, TAKEN);
    await expect.poll(() => own.count()).toBe(0);
    await own.stop();
    expect(refused).toEqual([]);
    expect(new Set(asked.map(({ path }) => path))).toEqual(new Set(['/api/ingest'])); // no redirect was followed
  });

  it('a login page that comes up while the server is away is named, too', async () => {
    answer = page(503, '');
    const own = await wayOut();
    await expect.poll(() => asked.length).toBeGreaterThan(1);
    answer = page(200, 'Sign in');
    await expect.poll(() => said.length).toBe(2);
    expect(said[1]).toContain('200 Sign in: something else answers');
    expect(own.count()).toBe(BATCHES);
    await own.stop();
  });

  it('a declared job is not taken for heard by a login page, nor by the answer to another job', async () => {
    const declare = () => http.declare({ cluster: 'c', id: '7' }, { nodes: ['n1'] }, new AbortController().signal);
    for (const body of ['<html>', '{}', '{"cluster":"c","id":"8"}']) {
      answer = page(200, body);
      expect(await declare()).toMatchObject({ kind: 'later', strange: true });
    }
    answer = page(200, '{"cluster":"c","id":"7","name":"x"}');
    expect(await declare()).toEqual({ kind: 'stored' });
  });
});

describe('a server that asks for patience', () => {
  it.each([
    [429, () => '1'],
    [503, () => '1'],
    [429, () => new Date(Date.now() + 2000).toUTCString()],
  ])('%i with Retry-After: nothing is asked before, nothing is lost', async (status, header) => {
    answer = (_, reply) =>
      void reply.writeHead(status, { 'retry-after': header() }).end('{"error":"rows a minute: 100,000 of 100,000","where":"body","remedy":"wait"}');
    const own = await wayOut();
    await expect.poll(() => asked.length).toBe(1);
    answer = page(200, TAKEN);
    await expect.poll(() => own.count()).toBe(0);
    // Without the header a second attempt would come after 0.02 s.
    expect((asked[1]?.at ?? 0) - (asked[0]?.at ?? 0)).toBeGreaterThan(900);
    expect(said[0]).toContain(`${status} rows a minute: 100,000 of 100,000`);
    await own.stop();
  });
});
