import { io, type Socket } from 'socket.io-client';
import type { ClientToServer, LiveReadings, LiveRows, LiveVerdict, ServerStatus, ServerToClient, WatchTarget } from '../../core/contract/index.ts';
import { sessionSecret } from './secret.ts';
import { betterOffset, type Connection } from './live-words.ts';

/** What a view wants to hear of what it watches. */
export interface Watcher {
  readonly readings?: (readings: LiveReadings) => void;
  readonly verdict?: (verdict: LiveVerdict) => void;
  readonly rows?: (rows: LiveRows) => void;
  /** The watch stands again after a cut: fetch what was missed. */
  readonly resumed?: () => void;
  /** The server will not let this be watched, and why. */
  readonly refused?: (reason: string) => void;
}

interface Watch {
  readonly target: WatchTarget;
  readonly watcher: Watcher;
  room: string | null;
  began: boolean;
}

/** Somebody may sign in through another tab. */
const REFUSED_AGAIN_MS = 10_000;

let socket: Socket<ServerToClient, ClientToServer> | null = null;
const watches = new Set<Watch>();
let connection = $state.raw<Connection>({ connected: false, cutSince: null, heardAt: null });
let status = $state.raw<ServerStatus | null>(null);
let offset = $state<number | null>(null);

/** The connection, the server's status and its clock: reactive. */
export const live = {
  get connection() {
    return connection;
  },
  get status() {
    return status;
  },
  /** Seconds UTC by the server's clock, for a time of this browser's in milliseconds. */
  serverTime(browserMs: number): number {
    return browserMs / 1000 + (offset ?? 0);
  },
};

/** Opens the one socket of the page; it reconnects by itself. Returns the undo. */
export function startLive(): () => void {
  const opened: Socket<ServerToClient, ClientToServer> = io({
    transports: ['websocket', 'polling'],
    tryAllTransports: true,
    // Asked at each attempt: another tab may have signed in meanwhile.
    auth: (give) => give({ secret: sessionSecret() }),
    reconnectionDelay: 500,
    reconnectionDelayMax: 5000,
  });
  socket = opened;
  let refused: ReturnType<typeof setTimeout> | undefined;
  const heard = (): void => {
    connection = { ...connection, heardAt: Date.now() };
  };
  const lost = (): void => {
    if (connection.cutSince === null) connection = { ...connection, connected: false, cutSince: Date.now() };
    for (const watch of watches) watch.room = null;
  };
  opened.on('connect', () => {
    connection = { connected: true, cutSince: null, heardAt: Date.now() };
    for (const watch of watches) ask(opened, watch);
  });
  opened.on('disconnect', (reason) => {
    lost();
    // The server closed it on purpose (a restart): socket.io leaves it to us to come back.
    if (reason === 'io server disconnect') opened.connect();
  });
  opened.on('connect_error', (error) => {
    lost();
    // An error that carries the server's words is its refusal; socket.io does not try again by itself then.
    if (!opened.active) {
      connection = { ...connection, denied: true };
      console.info(error.message);
      refused = setTimeout(() => opened.connect(), REFUSED_AGAIN_MS);
    }
  });
  opened.on('status', (next) => {
    heard();
    offset = betterOffset(offset, next.now, Date.now());
    status = next;
  });
  opened.on('readings', (readings) => {
    heard();
    for (const watch of watches) if (watch.room === readings.room) watch.watcher.readings?.(readings);
  });
  opened.on('verdict', (verdict) => {
    heard();
    for (const { target, watcher } of watches)
      if (target.kind === 'job' && target.cluster === verdict.cluster && target.id === verdict.id) watcher.verdict?.(verdict);
  });
  opened.on('rows', (rows) => {
    heard();
    for (const { target, watcher } of watches) if (target.kind === 'overview') watcher.rows?.(rows);
  });
  const offline = (): void => {
    // Without this a cut cable is noticed only when the server's ping stays away.
    opened.disconnect();
    lost();
  };
  const online = (): void => void opened.connect();
  addEventListener('offline', offline);
  addEventListener('online', online);
  return () => {
    removeEventListener('offline', offline);
    removeEventListener('online', online);
    opened.close();
    clearTimeout(refused);
    socket = null;
  };
}

/** Watches a job, a node or the overview until the returned function is called; cuts are mended underneath. */
export function watch(target: WatchTarget, watcher: Watcher): () => void {
  const entry: Watch = { target, watcher, room: null, began: false };
  watches.add(entry);
  if (socket?.connected === true) ask(socket, entry);
  return () => {
    watches.delete(entry);
    const shared = [...watches].some((other) => nameOf(other.target) === nameOf(target));
    if (socket?.connected === true && !shared) socket.emit('unwatch', target);
  };
}

/** What a target is called: `since` is a question about it, no part of it. */
function nameOf(target: WatchTarget): string {
  return JSON.stringify({ ...target, since: undefined });
}

function ask(on: Socket<ServerToClient, ClientToServer>, entry: Watch): void {
  // After a cut the view fetches the whole again: what changed since it first looked would only come twice.
  const target: WatchTarget = entry.began && entry.target.kind === 'overview' ? { kind: 'overview' } : entry.target;
  on.timeout(10_000).emit('watch', target, (error, reply) => {
    if (error !== null) return; // the connection is going or gone: the next connect asks again
    if (!watches.has(entry)) return;
    if (!reply.ok) {
      entry.watcher.refused?.(reply.reason);
      return;
    }
    entry.room = reply.room;
    if (entry.began) entry.watcher.resumed?.();
    entry.began = true;
  });
}
