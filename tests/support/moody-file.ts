// Past the door of server/store: a worker that owns a file as the store's do; whether its disk is full is what it is told.
import { StoreError } from '../../server/store/interface/index.ts';
import { serveFile } from '../../server/store/worker/index.ts';

export type MoodyHandlers = typeof handlers;

let full = false;
const handlers = {
  turn: async (now: boolean) => {
    full = now;
  },
  read: async (_: null) => 'read',
  write: async (rows: number) => {
    if (full) throw new StoreError('full', 'SQLITE_FULL: database or disk is full');
    return rows;
  },
  probe: async (_: null) => {
    if (full) throw new StoreError('full', 'SQLITE_FULL: database or disk is full');
  },
  close: async (_: null) => undefined,
};

await serveFile(async () => handlers);
