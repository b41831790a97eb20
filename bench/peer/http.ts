import { Agent, request } from 'node:http';
import { connect } from 'node:net';

/** A whole HTTP request as bytes, made before the clock runs. */
export function posted(port: number, path: string, headers: Readonly<Record<string, string>>, body: string): Buffer {
  const lines = Object.entries({ host: `127.0.0.1:${port}`, ...headers, 'content-length': String(Buffer.byteLength(body)) });
  return Buffer.from(`POST ${path} HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n${body}`);
}

/**
 * Sends requests over one connection, each after the answer to the one before; gives the bodies. The machine's cores are shared with
 * the servers: so this reads just as much of HTTP as it needs, a status and a content-length, and takes a few microseconds for it.
 */
export function lane(port: number, requests: readonly Buffer[]): Promise<string[]> {
  return new Promise((resolve, reject) => {
    const bodies: string[] = [];
    let received = '';
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    const next = (): void => {
      const bytes = requests[bodies.length];
      if (bytes !== undefined) socket.write(bytes);
      else {
        socket.end();
        resolve(bodies);
      }
    };
    socket.setEncoding('latin1');
    socket.on('connect', next);
    socket.on('error', reject);
    socket.on('close', () => reject(new Error(`the server at ${port} closed the connection after ${bodies.length} of ${requests.length} answers`)));
    socket.on('data', (text: string) => {
      received += text;
      const head = received.indexOf('\r\n\r\n');
      if (head < 0) return;
      const length = Number.parseInt(/^content-length: *(\d+)/im.exec(received.slice(0, head))?.[1] ?? '0', 10);
      if (received.length < head + 4 + length) return;
      const body = received.slice(head + 4);
      if (!/^HTTP\/1\.1 2/.test(received)) {
        reject(new Error(`refused: ${received.slice(0, 600)}`));
        socket.destroy();
        return;
      }
      received = '';
      bodies.push(body);
      next();
    });
  });
}

/** One answer: its bytes as they came, and the milliseconds from the asking to the last of them. */
export interface Answer {
  readonly body: Buffer;
  readonly took: number;
}

const agent = new Agent({ keepAlive: true });

/** Asks once, over a connection that is kept; throws where the answer is not 2xx. The body is not read further: a browser would do that. */
export function ask(port: number, path: string, { method = 'GET', headers = {} }: { method?: string; headers?: Record<string, string> } = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const begin = performance.now();
    const asking = request({ host: '127.0.0.1', port, path, method, headers, agent }, (response) => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => parts.push(part));
      response.on('error', reject);
      response.on('end', () => {
        const took = performance.now() - begin;
        const body = Buffer.concat(parts);
        if ((response.statusCode ?? 0) < 300) resolve({ body, took });
        else reject(new Error(`${path}: ${response.statusCode ?? 0} ${body.toString('utf8').slice(0, 600)}`));
      });
    });
    asking.on('error', reject);
    asking.end();
  });
}

/** Ends the connections that `ask` keeps. */
export function hangUp(): void {
  agent.destroy();
}
