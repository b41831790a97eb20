import type { FastifyInstance } from 'fastify';
import { Server, type Socket } from 'socket.io';
import type { ClientToServer, ServerToClient } from '../../core/contract/index.ts';
import { LIVE_BOUNDS } from '../settings/index.ts';
import type { Viewer } from '../auth/index.ts';

interface SocketData {
  viewer: Viewer;
  /** Characters that wait until the connection takes more. */
  waiting: number;
}
export type LiveServer = Server<ClientToServer, ServerToClient, Record<string, never>, SocketData>;
export type LiveSocket = Socket<ClientToServer, ServerToClient, Record<string, never>, SocketData>;

/** Puts socket.io on Fastify's own HTTP server. `preClose` disconnects everybody: an open socket would keep `close` waiting. */
export function attachSockets(app: FastifyInstance, most: number): LiveServer {
  const io: LiveServer = new Server(app.server, {
    serveClient: false,
    // A client sends names of jobs and nodes only.
    maxHttpBufferSize: LIVE_BOUNDS.message.value,
    connectTimeout: LIVE_BOUNDS.handshake.value * 1_000,
    allowRequest: (request, allow) => {
      // A polling page asks again and again under the number that it has.
      const isNew = !/[?&]sid=/.test(request.url ?? '');
      const full = isNew && io.engine.clientsCount >= most;
      allow(full ? `the limit “${LIVE_BOUNDS.sockets.name}” is reached` : null, !full);
    },
    pingInterval: 20_000,
    pingTimeout: 20_000,
  });
  app.addHook('preClose', async () => {
    io.disconnectSockets(true);
    // Not io.close(): it also closes the HTTP server and waits for every connection, which is Fastify's to do, later.
    io.engine.close();
  });
  return io;
}
