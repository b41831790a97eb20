import { readdirSync, readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server as HttpServer, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Server } from 'socket.io';
import type { ClientToServer, ServerToClient, WatchTarget } from '../../../core/contract/index.ts';

/** What an invented API answers: a value as JSON, or a refusal. Unknown paths are 404. */
export type Answer = { readonly json: unknown } | { readonly status: number; readonly json: unknown };
export type Api = (path: string, query: URLSearchParams, body: string, method: string) => Answer | null;

export interface PageServer {
  readonly url: string;
  readonly io: Server<ClientToServer, ServerToClient>;
  /** Every request of the page, `GET /api/…`, in order. */
  readonly asked: string[];
  /** What is answered from now on. */
  api: Api;
  /** The service's clock, seconds UTC; may differ from the browser's, as in life. */
  now: () => number;
  /** Called with every watch; the room is its JSON. */
  watched: (target: WatchTarget) => void;
  /** Cuts every connection and takes no new one until `mend`. */
  cut(): Promise<void>;
  mend(): Promise<void>;
  close(): Promise<void>;
}

const DIST = fileURLToPath(new URL('../../../dist/web', import.meta.url));
const TYPES: Readonly<Record<string, string>> = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml' };
/** At least as strict as the service's own: what passes here passes there. */
const CSP =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self' ws:; worker-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/** The files of the built page by their path. Read at once: a build that runs meanwhile must not mix two builds. */
export function builtFiles(): Map<string, Buffer> {
  return new Map(
    readdirSync(DIST, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => {
        const path = join(entry.parentPath, entry.name);
        return [path.slice(DIST.length), readFileSync(path)];
      }),
  );
}

/** Serves the built page with an invented API and a real socket, for states that a real service reaches rarely: errors, cuts, thousands of rows. */
export async function servePage(api: Api): Promise<PageServer> {
  const sockets = new Set<Socket>();
  let down = false;
  const files = builtFiles();
  const handle = (request: IncomingMessage, response: ServerResponse): void => {
    const url = new URL(request.url ?? '/', 'http://page');
    if (url.pathname.startsWith('/api/')) {
      let body = '';
      request.on('data', (chunk: Buffer) => {
        body += chunk.toString();
      });
      request.on('end', () => {
        const method = request.method ?? 'GET';
        server.asked.push(`${method} ${url.pathname}${url.search}`);
        const answer = server.api(url.pathname, url.searchParams, body, method) ?? {
          status: 404,
          json: { error: 'nothing is known here', where: url.pathname, remedy: 'look elsewhere' },
        };
        response.writeHead('status' in answer ? answer.status : 200, { 'content-type': 'application/json' }).end(JSON.stringify(answer.json));
      });
      return;
    }
    const file = files.has(url.pathname) ? url.pathname : '/index.html';
    response.writeHead(200, { 'content-type': TYPES[extname(file)] ?? 'application/octet-stream', 'content-security-policy': CSP }).end(files.get(file));
  };
  const http: HttpServer = createServer(handle);
  http.on('connection', (socket) => {
    if (down) socket.destroy();
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  const io: PageServer['io'] = new Server(http, { serveClient: false });
  io.on('connection', (socket) => {
    socket.emit('status', { demo: false, now: server.now(), version: '0.0.0', trouble: null });
    socket.on('watch', (target, reply) => {
      void socket.join(JSON.stringify(target));
      reply({ ok: true, room: JSON.stringify(target) });
      server.watched(target);
    });
    socket.on('unwatch', (target) => void socket.leave(JSON.stringify(target)));
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const { port } = http.address() as AddressInfo; // a listening TCP server has one
  const server: PageServer = {
    url: `http://127.0.0.1:${port}`,
    io,
    asked: [],
    api,
    now: () => Date.now() / 1000,
    watched: () => undefined,
    async cut() {
      down = true;
      for (const socket of sockets) socket.destroy();
    },
    async mend() {
      down = false;
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      await io.close();
    },
  };
  return server;
}
