import type { IncomingMessage } from 'node:http';
import type { Logger } from 'pino';
import type { WatchReply, WatchTarget } from '../../core/contract/index.ts';
import type { HostRules, Identity, Recogniser, Viewer } from '../auth/index.ts';
import { circlesOf } from '../ownership/index.ts';
import { circleRoom, jobRoom, nodeRoom, OVERVIEW_ROOM, type Outlet } from './hub.ts';
import type { LiveServer } from './plugin.ts';

/** Rooms that one page may watch at a time. */
const ROOMS = 64;
/** Packets that may wait for one slow reader; beyond that it is let go, reconnects and asks for what it missed. */
const BACKLOG = 500;

export interface SocketOptions {
  readonly recogniser: Recogniser;
  readonly hosts: HostRules;
  readonly log: Pick<Logger, 'warn'>;
  /** The room for what somebody wants to watch, or why not. The server names rooms, never the page. */
  readonly admit: (identity: Identity, target: WatchTarget) => Promise<WatchReply>;
  /** Called after a page has joined a room: it gets the present state at once. */
  readonly joined: (room: string, target: WatchTarget) => void;
  readonly connected: () => void;
}

/** Lets recognised pages of this service watch rooms, and gives the hub's way out to them. */
export function serveSockets(io: LiveServer, options: SocketOptions): Outlet {
  io.use((socket, next) => {
    identify(socket.request, options).then(
      (identity) => {
        if (identity === null) next(new Error('not signed in, or a page of another site: open the address that the server printed'));
        else {
          socket.data.identity = identity;
          next();
        }
      },
      (error: unknown) => {
        options.log.warn({ err: error }, 'a socket could not be checked');
        next(new Error('the server could not check who asks'));
      },
    );
  });
  io.on('connection', (socket) => {
    options.connected();
    let waiting = 0;
    socket.conn.on('packetCreate', () => {
      waiting += 1;
      if (waiting > BACKLOG) socket.disconnect(true);
    });
    socket.conn.on('drain', () => {
      waiting = 0;
    });
    socket.on('watch', (target, reply) => {
      if (typeof reply !== 'function') return;
      if (!isTarget(target)) return void reply({ ok: false, reason: 'watch a job (cluster, id), a node or the overview' });
      if (socket.rooms.size > ROOMS) return void reply({ ok: false, reason: `one page may watch ${ROOMS} things: unwatch some first` });
      options
        .admit(socket.data.identity, target)
        .then(async (answer) => {
          if (answer.ok) await socket.join(roomsFor(target, socket.data.identity.viewer));
          reply(answer);
          if (answer.ok) options.joined(answer.room, target);
        })
        .catch((error: unknown) => {
          options.log.warn({ err: error }, 'a watch failed');
          reply({ ok: false, reason: 'the server could not look that up: try again' });
        });
    });
    socket.on('unwatch', (target) => {
      if (!isTarget(target)) return;
      for (const room of roomsFor(target, socket.data.identity.viewer)) void socket.leave(room);
    });
  });
  return outletOf(io);
}

async function identify(request: IncomingMessage, { hosts, recogniser }: SocketOptions): Promise<Identity | null> {
  // A browser sends its cookie along whoever's page opens the socket; the same-origin policy does not cover sockets.
  if (!hosts.hostAllowed(request.headers.host) || !hosts.sameOrigin({ host: request.headers.host, origin: request.headers.origin })) return null;
  return recogniser.identify(request);
}

function outletOf(io: LiveServer): Outlet {
  return {
    watched: (room) => io.sockets.adapter.rooms.has(room),
    readings: (room, readings) => void io.to(room).emit('readings', readings),
    verdict: (room, verdict) => void io.to(room).emit('verdict', verdict),
    row: (rooms, row) => void io.to([...rooms]).emit('row', row),
    status: (status) => void io.emit('status', status),
  };
}

/** The room of a target: its name is made here and nowhere else. */
export function roomOf(target: WatchTarget): string {
  switch (target.kind) {
    case 'job':
      return jobRoom(target);
    case 'node':
      return nodeRoom(target.node);
    case 'overview':
      return OVERVIEW_ROOM;
  }
}

/** The rooms that a viewer is put in for a target: of a node and of the overview, the parts of its circles. */
export function roomsFor(target: WatchTarget, viewer: Viewer): string[] {
  const room = roomOf(target);
  return target.kind === 'job' ? [room] : circlesOf(viewer).map((circle) => circleRoom(room, circle));
}

/** What comes over a socket is anybody's: looked at before it is believed. */
function isTarget(value: unknown): value is WatchTarget {
  if (typeof value !== 'object' || value === null || !('kind' in value)) return false;
  const short = (text: unknown) => typeof text === 'string' && text.length > 0 && text.length <= 200;
  if (value.kind === 'overview') return true;
  if (value.kind === 'node') return 'node' in value && short(value.node);
  return value.kind === 'job' && 'cluster' in value && 'id' in value && short(value.cluster) && short(value.id);
}
