import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { Compile } from 'typebox/compile';
import { type IngestBatch, IngestBatchSchema, type JobDeclaration } from '../../core/contract/index.ts';

/** What the sink does with the next requests: `lose` stores and breaks the connection before the reply, `hang` never answers. */
type Mood = 'well' | 'failing' | 'lose' | 'hang' | 'refusing' | 'strange-token';

export interface IngestSink {
  mood: Mood;
  readonly url: string;
  /** Batches as a server keeps them: the first of each (source, seq). */
  readonly stored: IngestBatch[];
  /** How many requests repeated a batch that was stored already. */
  readonly repeated: () => number;
  readonly requests: () => number;
  readonly jobs: { readonly path: string; readonly declaration: JobDeclaration }[];
  readonly authorization: () => string | undefined;
  /** No longer reachable, and reachable again at the same address. */
  down(): Promise<void>;
  up(): Promise<void>;
  close(): Promise<void>;
}

const schema = Compile(IngestBatchSchema);

/** A real HTTP server that takes batches as Headroom does, checks their shape, and can be made to misbehave. */
export async function ingestSink(): Promise<IngestSink> {
  const sockets = new Set<Socket>();
  const keys = new Set<string>();
  let repeated = 0;
  let requests = 0;
  let authorization: string | undefined;
  let port = 0;

  const server = createServer((request, reply) => {
    readBody(request).then(
      (text) => answer(request, reply, text),
      () => reply.destroy(),
    );
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  const listen = (): Promise<void> => new Promise((resolve) => server.listen(port, '127.0.0.1', () => resolve()));
  const shut = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      for (const socket of sockets) socket.destroy();
    });
  await listen();
  ({ port } = server.address() as AddressInfo); // the address of a listening TCP server

  const sink: IngestSink = {
    mood: 'well',
    url: `http://127.0.0.1:${port}`,
    stored: [],
    jobs: [],
    repeated: () => repeated,
    requests: () => requests,
    authorization: () => authorization,
    down: shut,
    up: listen,
    close: shut,
  };
  return sink;

  function answer(request: IncomingMessage, reply: ServerResponse, text: string): void {
    requests += 1;
    authorization = request.headers.authorization;
    const say = (status: number, body: object): void => void reply.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    if (sink.mood === 'hang') return;
    if (sink.mood === 'failing') return say(503, { error: 'busy', where: 'store', remedy: 'send again' });
    if (sink.mood === 'strange-token') return say(401, { error: 'unknown token', where: 'header authorization', remedy: 'issue one' });
    if (request.method === 'PUT') {
      sink.jobs.push({ path: request.url ?? '', declaration: JSON.parse(text) as JobDeclaration }); // a parse boundary of a test
      const [cluster, id] = (request.url ?? '').split('/').slice(-2).map(decodeURIComponent);
      return say(200, { cluster, id });
    }
    const batch: unknown = JSON.parse(text);
    if (!schema.Check(batch)) return say(400, { error: JSON.stringify(schema.Errors(batch)[0]), where: 'body', remedy: 'the contract' });
    if (sink.mood === 'refusing') return say(400, { error: 'not this one', where: 'body', remedy: 'none' });
    const key = `${batch.source} ${batch.seq}`;
    const duplicate = keys.has(key);
    if (duplicate) repeated += 1;
    else {
      keys.add(key);
      sink.stored.push(batch);
    }
    if (sink.mood === 'lose') reply.destroy();
    else say(200, { durable: 1, duplicate, rejected: [] });
  }
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer); // a request without an encoding yields buffers
  const bytes = Buffer.concat(chunks);
  return (request.headers['content-encoding'] === 'gzip' ? gunzipSync(bytes) : bytes).toString();
}
