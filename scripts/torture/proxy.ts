import { createServer, request, type IncomingMessage, type OutgoingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Draw } from '../../tests/support/physics/draw.ts';

/** What becomes of a request. */
const FATES = ['passed', 'dropped', 'cut', 'answer dropped', 'answer cut', 'delayed', 'doubled', 'echoed late', 'answered by a stranger'] as const;
type Fate = (typeof FATES)[number];

/** An HTTP proxy between agents and a server, as bad as networks get. */
export interface Proxy {
  readonly address: string;
  /** Away: every connection is refused at once. Bad: each request meets a fate by chance. Good: all are passed. */
  turn(mood: 'away' | 'bad' | 'good'): void;
  /** How many requests met which fate. */
  readonly fates: ReadonlyMap<Fate, number>;
  /** Ends it, when the last echo is through. */
  close(): Promise<void>;
}

interface Reply {
  readonly status: number;
  readonly headers: OutgoingHttpHeaders;
  readonly body: Buffer;
}

/** Starts it in front of a server, away. */
export async function startProxy(upstream: string, draw: Draw): Promise<Proxy> {
  const fates = new Map<Fate, number>();
  const echoes = new Set<Promise<unknown>>();
  let mood: 'away' | 'bad' | 'good' = 'away';

  const serve = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
    if (mood === 'away') return void incoming.socket.destroy();
    const body = await bodyOf(incoming);
    const fate: Fate = mood === 'good' || draw.chance(0.3) ? 'passed' : draw.pick(FATES);
    fates.set(fate, (fates.get(fate) ?? 0) + 1);
    const pass = (part = body): Promise<Reply> => forward(upstream, incoming, { body: part, length: body.length });
    const echo = (after: number): void => {
      const echoed = sleep(after)
        .then(() => pass())
        .catch(() => undefined); // nobody waits for it
      echoes.add(echoed);
      void echoed.then(() => echoes.delete(echoed));
    };
    if (fate === 'dropped') return void incoming.socket.destroy();
    if (fate === 'cut') {
      await pass(body.subarray(0, Math.floor(draw.between(0, body.length)))).catch(() => undefined); // it is meant to fail
      return void incoming.socket.destroy();
    }
    if (fate === 'answered by a stranger')
      return void outgoing.writeHead(200, { 'content-type': 'text/html' }).end('<html>Please sign in to the network</html>');
    if (fate === 'doubled') echo(0);
    if (fate === 'echoed late') echo(draw.between(200, 1500));
    if (fate === 'delayed') await sleep(draw.between(50, 800));
    const reply = await pass();
    if (fate === 'answer dropped') return void incoming.socket.destroy();
    if (fate === 'answer cut') {
      outgoing.writeHead(reply.status, { ...reply.headers, 'content-length': reply.body.length });
      outgoing.write(reply.body.subarray(0, Math.max(1, Math.floor(reply.body.length / 2))), () => incoming.socket.destroy());
      return;
    }
    outgoing.writeHead(reply.status, { ...reply.headers, 'content-length': reply.body.length }).end(reply.body);
  };
  const server = createServer((incoming, outgoing) => {
    serve(incoming, outgoing).catch(() => incoming.socket.destroy());
  });
  await new Promise<void>((resolve) => server.listen({ host: '127.0.0.1', port: 0, backlog: 1024 }, resolve));
  const { port } = server.address() as AddressInfo; // of a server on a port
  return {
    address: `http://127.0.0.1:${port}`,
    turn: (next) => {
      mood = next;
    },
    fates,
    close: async () => {
      await Promise.all(echoes);
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function bodyOf(incoming: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of incoming) parts.push(part as Buffer); // no encoding is set
  return Buffer.concat(parts);
}

/** Sends a request on. A part of its body goes under the length of the whole, and then the line is cut. */
function forward(upstream: string, { method, url, headers }: IncomingMessage, { body, length }: { body: Buffer; length: number }): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const { host: _, connection: __, ...kept } = headers;
    const asking = request(
      `${upstream}${url ?? '/'}`,
      { method: method ?? 'GET', headers: { ...kept, 'content-length': length }, timeout: 60_000 },
      (response) => {
        bodyOf(response).then((whole) => {
          const { connection: ___, 'transfer-encoding': ____, 'keep-alive': _____, ...rest } = response.headers;
          resolve({ status: response.statusCode ?? 502, headers: rest, body: whole });
        }, reject);
      },
    );
    asking.on('error', reject);
    asking.on('timeout', () => asking.destroy(new Error('no answer')));
    if (body.length === length) asking.end(body);
    else asking.write(body, () => asking.destroy(new Error('cut')));
  });
}
