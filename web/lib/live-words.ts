import { formatInstant, formatAgo } from './time.ts';

/** What the page knows of its connection. Times in this browser's milliseconds. */
export interface Connection {
  readonly connected: boolean;
  /** When the connection was lost or first tried; null while it stands. */
  readonly cutSince: number | null;
  /** When anything was last heard. */
  readonly heardAt: number | null;
  /** True where the server does not know who asks: waiting will not help. */
  readonly denied?: boolean;
}

export interface Indicator {
  readonly state: 'live' | 'quiet' | 'cut' | 'connecting' | 'denied';
  readonly text: string;
}

/** Longer than the slowest regular message of the server. */
const QUIET_AFTER_S = 90;

/** The words of the indicator in the header: `live, 1 s ago`, or since when there has been no connection. */
export function indicatorOf(connection: Connection, now: number): Indicator {
  if (connection.connected) {
    if (connection.heardAt === null) return { state: 'live', text: 'live' };
    const ago = Math.max(0, (now - connection.heardAt) / 1000);
    return { state: ago > QUIET_AFTER_S ? 'quiet' : 'live', text: `${ago > QUIET_AFTER_S ? 'connected, last news' : 'live,'} ${formatAgo(ago)}` };
  }
  if (connection.denied === true) return { state: 'denied', text: 'not signed in' };
  if (connection.cutSince === null || connection.heardAt === null) return { state: 'connecting', text: 'connecting …' };
  return { state: 'cut', text: `no connection since ${formatInstant(connection.cutSince / 1000, 'utc', 0)}, retrying` };
}

/** Server time minus this browser's, seconds: the smallest seen offset is the one with the least delay on the way. */
export function betterOffset(before: number | null, serverNow: number, receivedAt: number): number {
  const seen = serverNow - receivedAt / 1000;
  if (before === null || Math.abs(seen - before) > 5) return seen; // a clock that was set jumps: follow it
  return Math.max(before, seen);
}

/** A shorter cut is mended before anybody has read that there was one. */
const CUT_FOR_MS = 2000;

/** When a server that is gone was last heard, this browser's milliseconds; null while it is there, and before anything was heard. */
export function goneSince({ connected, cutSince, heardAt, denied }: Connection, now: number): number | null {
  return connected || denied === true || cutSince === null || heardAt === null || now - cutSince < CUT_FOR_MS ? null : heardAt;
}
