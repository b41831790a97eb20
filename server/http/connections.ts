import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import type { Logger } from 'pino';

/** Milliseconds between two lines of the log about it. */
const RECENT = 60_000;

export interface ConnectionsOptions {
  /** At a time. */
  readonly all: number;
  readonly perAddress: number;
  readonly log: Pick<Logger, 'warn'>;
}

/** Closes connections beyond the bounds before a byte of them is read. */
export function limitConnections(server: Server, { all, perAddress, log }: ConnectionsOptions): void {
  const open = new Map<string, number>();
  let told = Number.NEGATIVE_INFINITY;
  const warn = (about: object): void => {
    if (performance.now() - told < RECENT) return;
    told = performance.now();
    log.warn(about, 'connections are refused: there are as many as may be');
  };
  server.maxConnections = all;
  server.on('drop', () => warn({ connections: all }));
  server.prependListener('connection', (socket: Socket) => {
    const address = socket.remoteAddress;
    if (address === undefined) return; // it is gone already
    const own = open.get(address) ?? 0; // none is open
    if (own >= perAddress) {
      warn({ address, connections: perAddress });
      socket.destroy();
      return;
    }
    open.set(address, own + 1);
    socket.once('close', () => {
      const left = (open.get(address) ?? 1) - 1;
      if (left > 0) open.set(address, left);
      else open.delete(address);
    });
  });
}
