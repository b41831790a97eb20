import { createHash } from 'node:crypto';
import { chmodSync, lstatSync, mkdirSync, rmSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** Unix socket paths end at about 108 bytes. */
const LONGEST = 100;

/**
 * Where the socket of the service on a data folder is: in the folder, or, when its path is too long, in a folder of this
 * account's below the temporary one. Both the server and `headroom token` ask here.
 */
export function ownerSocketPath(data: string): string {
  const inside = join(data, 'headroom.sock');
  if (Buffer.byteLength(inside) <= LONGEST) return inside;
  const short = createHash('sha256').update(data).digest('hex').slice(0, 16);
  return join(tmpdir(), `headroom-${process.getuid?.() ?? 'user'}`, `${short}.sock`);
}

export interface OwnerSocket {
  readonly path: string;
  isOwner(socket: unknown): boolean;
  listen(handler: RequestListener): Promise<void>;
  close(): Promise<void>;
}

/** A second way in that only the account which runs the service can open: no token is needed to get the first token. */
export function ownerSocket(data: string): OwnerSocket {
  const path = ownerSocketPath(data);
  const owners = new WeakSet<object>();
  let server: Server | null = null;
  return {
    path,
    isOwner: (socket) => typeof socket === 'object' && socket !== null && owners.has(socket),
    async listen(handler) {
      mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
      const folder = lstatSync(dirname(path));
      if (!folder.isDirectory() || (process.getuid !== undefined && folder.uid !== process.getuid())) {
        throw new Error(`${dirname(path)} belongs to somebody else: remove it, or choose a shorter HEADROOM_DATA`);
      }
      rmSync(path, { force: true }); // left by a server that was killed; the store's lock keeps two live ones apart
      const opened = createServer({ requestTimeout: 0 }, handler); // the handler knows which requests may last
      opened.on('connection', (socket) => owners.add(socket));
      server = opened;
      const before = process.umask(0o077);
      try {
        await new Promise<void>((resolve, reject) => {
          opened.once('error', reject);
          opened.listen(path, () => {
            resolve();
          });
        });
      } finally {
        process.umask(before);
      }
      chmodSync(path, 0o600);
    },
    async close() {
      const open = server;
      if (open === null) return;
      server = null;
      await new Promise<void>((resolve) => {
        open.close(() => {
          resolve();
        });
        open.closeAllConnections();
      });
      rmSync(path, { force: true });
    },
  };
}
