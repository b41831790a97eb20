import { STATUS_CODES, type ServerOptions } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { ErrorReply } from '../../core/contract/index.ts';
import { CONNECTION_BOUNDS, type Deadlines } from '../settings/index.ts';
import { Problem } from './problem.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** True where a request may last for hours and be silent for minutes. */
    endless?: boolean;
  }
}

const SECOND = 1_000;

/** What Fastify and Node's server are told. Node's own limit for a whole request is off: it knows no route that is exempt. */
export function serverOptions({ headers, idle, keepAlive }: Deadlines): {
  readonly http: ServerOptions;
  readonly requestTimeout: number;
  readonly connectionTimeout: number;
  readonly keepAliveTimeout: number;
  readonly clientErrorHandler: (error: NodeJS.ErrnoException, socket: Socket) => void;
} {
  return {
    http: { maxHeaderSize: CONNECTION_BOUNDS.headers.value, headersTimeout: headers * SECOND, connectionsCheckingInterval: SECOND },
    requestTimeout: 0,
    connectionTimeout: idle * SECOND,
    keepAliveTimeout: keepAlive * SECOND,
    clientErrorHandler: refuseConnection,
  };
}

/** Ends requests whose bodies do not come; for routes that are added afterwards. */
export function limitBodies(app: FastifyInstance, { request: seconds }: Deadlines): void {
  app.addHook('onRequest', async (request, reply) => {
    if (request.routeOptions.config.endless === true) {
      request.raw.socket.setTimeout(0); // silence is no fault there; TCP's keep-alive notices a sender that is gone
      return;
    }
    const timer = setTimeout(() => tooLate(request, reply, seconds), seconds * SECOND);
    timer.unref();
    request.raw.once('close', () => clearTimeout(timer));
  });
}

function tooLate({ raw }: FastifyRequest, reply: FastifyReply, seconds: number): void {
  if (raw.complete) return;
  if (reply.sent) return void raw.destroy();
  void reply.send(
    new Problem(408, {
      error: `the request was not there within ${seconds} s`,
      where: 'body',
      remedy: 'send less at once; a tool’s output that goes on for long is streamed to /api/ingest/raw',
    }),
  );
}

/** Answers what is no request, or came too slowly to become one, and closes the connection. */
function refuseConnection(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy(error);
  const [status, said] =
    error.code === 'ERR_HTTP_REQUEST_TIMEOUT'
      ? [408, 'the headers did not come in time']
      : error.code === 'HPE_HEADER_OVERFLOW'
        ? [431, 'the headers are too long']
        : [400, 'this is no HTTP request'];
  const reply: ErrorReply = { error: said, where: 'headers', remedy: 'see /api/docs for what this server takes' };
  const body = JSON.stringify(reply);
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  );
}
