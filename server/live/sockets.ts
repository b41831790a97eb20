import { LIVE_BOUNDS } from '../settings/index.ts';
import type { Logger } from 'pino';
import { Compile } from 'typebox/compile';
import { type LiveRows, type LiveVerdict, type WatchReply, type WatchTarget, WatchTargetSchema } from '../../core/contract/index.ts';
import { type HostRules, type Identity, type Recogniser, turnKeyOf, type Viewer } from '../auth/index.ts';
import { circlesOf } from '../ownership/index.ts';
import { circleRoom, jobRoom, nodeRoom, OVERVIEW_ROOM, type Outlet } from './hub.ts';
import type { LiveServer, LiveSocket } from './plugin.ts';

const Target = Compile(WatchTargetSchema);

/** Rooms that one page may watch at a time. */
const ROOMS = LIVE_BOUNDS.rooms.value;
/** Characters that may wait for one slow reader (several thousand rows); beyond that it is let go, reconnects and asks for what it missed. */
const BACKLOG = LIVE_BOUNDS.backlog.value;

/** Milliseconds in which a page's messages are counted. */
const SPELL = 10_000;

/** One page that is connected: what only it is to hear. */
export interface Page {
  readonly viewer: Viewer;
  verdict(verdict: LiveVerdict): void;
  rows(rows: LiveRows): void;
}

export interface SocketOptions {
  readonly recogniser: Recogniser;
  readonly hosts: HostRules;
  readonly log: Pick<Logger, 'warn'>;
  /** The room for what somebody wants to watch, or why not. The server names rooms, never the page. */
  readonly admit: (viewer: Viewer, target: WatchTarget) => Promise<WatchReply>;
  /** Called after a page has joined a room: it gets what it has not seen yet at once. */
  readonly joined: (page: Page, target: WatchTarget) => void;
  readonly connected: () => void;
  /** Sockets of one caller at a time. */
  readonly mostPerCaller: number;
}

/** Lets recognised pages of this service watch rooms, and gives the hub's way out to them. */
export function serveSockets(io: LiveServer, options: SocketOptions): Outlet {
  const callers = new Map<string, number>();
  io.use((socket, next) => {
    const identity = identify(socket, options);
    if (identity === null) return void next(new Error('not signed in, or a page of another site: open the address that the server printed'));
    if (identity.viewer === null) return void next(new Error('this token reads nothing: headroom token issue NAME --read'));
    const caller = turnKeyOf(identity, socket.handshake.address);
    const own = callers.get(caller) ?? 0; // none is open
    if (own >= options.mostPerCaller)
      return void next(new Error(`the limit “${LIVE_BOUNDS.perCaller.name}” (${options.mostPerCaller}) is reached: close some`));
    callers.set(caller, own + 1);
    socket.conn.once('close', () => {
      const left = (callers.get(caller) ?? 1) - 1;
      if (left > 0) callers.set(caller, left);
      else callers.delete(caller);
    });
    socket.data.viewer = identity.viewer;
    socket.once(
      'disconnect',
      options.recogniser.whenOver(identity, () => letGo(socket)),
    );
    next();
  });
  io.on('connection', (socket) => {
    countWaiting(socket);
    countMessages(socket, options.log);
    options.connected();
    const page: Page = {
      viewer: socket.data.viewer,
      verdict: (verdict) => void socket.emit('verdict', verdict),
      rows: (rows) => void socket.emit('rows', rows),
    };
    /** Counted from the question on: many that are asked at once are looked up at once. */
    const watching = new Set<string>();
    socket.on('watch', (target, reply) => {
      if (typeof reply !== 'function') return;
      if (!isTarget(target)) return void reply({ ok: false, reason: 'watch a job (cluster, id), a node or the overview' });
      const thing = roomOf(target);
      if (!watching.has(thing) && watching.size >= ROOMS) return void reply({ ok: false, reason: `one page may watch ${ROOMS} things: unwatch some first` });
      watching.add(thing);
      options
        .admit(socket.data.viewer, target)
        .then(async (answer) => {
          if (!answer.ok) watching.delete(thing);
          else if (watching.has(thing)) await socket.join(roomsFor(target, socket.data.viewer)); // it may have been unwatched meanwhile
          reply(answer);
          if (answer.ok) options.joined(page, target);
        })
        .catch((error: unknown) => {
          watching.delete(thing);
          options.log.warn({ err: error }, 'a watch failed');
          reply({ ok: false, reason: 'the server could not look that up: try again' });
        });
    });
    socket.on('unwatch', (target) => {
      if (!isTarget(target)) return;
      watching.delete(roomOf(target));
      for (const room of roomsFor(target, socket.data.viewer)) void socket.leave(room);
    });
  });
  return outletOf(io, options.log);
}

/** Only counts: whoever writes to a socket, or closes it, inside these hooks calls itself. */
function countWaiting({ conn, data }: LiveSocket): void {
  data.waiting = 0;
  conn.on('packetCreate', (packet: { data?: unknown }) => {
    data.waiting += typeof packet.data === 'string' ? packet.data.length : 1;
  });
  conn.on('drain', () => {
    data.waiting = 0;
  });
}

/** Lets go who says more than a page has to say. */
function countMessages(socket: LiveSocket, log: SocketOptions['log']): void {
  let began = performance.now();
  let count = 0;
  socket.use((_event, next) => {
    if (performance.now() - began > SPELL) {
      began = performance.now();
      count = 0;
    }
    count += 1;
    if (count <= LIVE_BOUNDS.messages.value) return next();
    if (count === LIVE_BOUNDS.messages.value + 1) log.warn({ messages: count }, 'a page that says too much was let go');
    letGo(socket);
  });
}

/** Ends a connection whose reader does not read: it leaves its rooms, and what waits for it is dropped rather than sent first. */
function letGo(socket: LiveSocket): void {
  const { conn } = socket;
  const wire = conn.transport.name === 'websocket' && !conn.upgraded ? conn.request.socket : null; // an upgraded one's is its first request's
  socket.disconnect(true);
  conn.close(true);
  wire?.destroy();
}

function identify({ request, handshake }: LiveSocket, { hosts, recogniser }: SocketOptions): Identity | null {
  // A browser sends its cookie along whoever's page opens the socket; the same-origin policy does not cover sockets.
  if (!hosts.hostAllowed(request.headers.host) || !hosts.sameOrigin({ host: request.headers.host, origin: request.headers.origin })) return null;
  const secret: unknown = handshake.auth['secret']; // a browser's socket has no headers of its own
  return recogniser.identify(request, typeof secret === 'string' ? secret : undefined);
}

function outletOf(io: LiveServer, log: SocketOptions['log']): Outlet {
  return {
    watched: (room) => io.sockets.adapter.rooms.has(room),
    readings: (room, readings) => void io.to(room).emit('readings', readings),
    verdict: (room, verdict) => void io.to(room).emit('verdict', verdict),
    rows: (room, rows) => void io.to(room).emit('rows', rows),
    status: (status) => void io.emit('status', status),
    letSlowGo() {
      for (const socket of [...io.sockets.sockets.values()]) {
        const { waiting } = socket.data;
        if (waiting <= BACKLOG) continue;
        log.warn({ waiting }, 'a page that does not read was let go');
        letGo(socket);
      }
    },
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
  return Target.Check(value);
}
