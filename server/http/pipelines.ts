import { CONNECTION_BOUNDS } from '../settings/index.ts';
import type { Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';

/** Requests that one connection may have under way. No browser, agent or proxy sends a second before the first is answered. */
const MOST = CONNECTION_BOUNDS.pipelined.value;

/** Cuts connections that go on asking without fetching the answers: before anything is looked at, since there may be thousands. */
export function limitPipelines(app: FastifyInstance): void {
  const underWay = new WeakMap<Socket, number>();
  app.addHook('onRequest', (request, reply, done) => {
    const { socket } = request.raw;
    const count = (underWay.get(socket) ?? 0) + 1;
    if (count > MOST) {
      reply.hijack();
      socket.destroy();
      return;
    }
    underWay.set(socket, count);
    reply.raw.once('finish', () => underWay.set(socket, (underWay.get(socket) ?? 1) - 1));
    done();
  });
}
