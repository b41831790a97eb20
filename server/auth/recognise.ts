import { hash } from 'node:crypto';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { Store } from '../store/index.ts';
import type { Identity } from './identity.ts';

/** How long a checked token is believed without asking the store again, seconds: agents send every few seconds. */
const BELIEVED = 30;
const REMEMBERED = 2_000;

export interface Recogniser {
  /** Who sent these headers; null where neither cookie nor token is good. */
  identify(message: Pick<IncomingMessage, 'headers'> & { socket?: unknown }): Promise<Identity | null>;
  /** Forgets what it believes: after a token was revoked. */
  forget(): void;
}

export interface RecogniserOptions {
  readonly tokens: Store['tokens'];
  readonly demo: boolean;
  readonly cookie: string;
  /** True for a connection that came through the socket in the data folder. */
  readonly isOwner: (socket: unknown) => boolean;
  readonly now: () => number;
}

/** Recognises callers by the owner's socket, a Bearer token or the session cookie, in this order; on a demo anybody is a visitor. */
export function recogniser(options: RecogniserOptions): Recogniser {
  const believed = new Map<string, { identity: Identity; until: number }>();

  const byToken = async (token: string, wanted: 'write' | 'session'): Promise<Identity | null> => {
    const key = hash('sha256', `${wanted}:${token}`, 'base64');
    const now = options.now();
    const known = believed.get(key);
    if (known !== undefined && known.until > now) return known.identity;
    const found = await options.tokens.check(token, now);
    if (found === null || found.scope !== wanted) return null;
    const identity: Identity = { kind: wanted === 'write' ? 'token' : 'session', name: found.name, viewer: { kind: 'local' } };
    if (believed.size >= REMEMBERED) believed.clear();
    believed.set(key, { identity, until: now + BELIEVED });
    return identity;
  };

  return {
    async identify({ headers, socket }) {
      if (options.isOwner(socket)) return { kind: 'owner', name: 'owner', viewer: { kind: 'local' } };
      const bearer = bearerOf(headers);
      if (bearer !== null) return byToken(bearer, 'write');
      const cookie = cookieOf(headers.cookie, options.cookie);
      const session = cookie === null ? null : await byToken(cookie, 'session');
      return session ?? (options.demo ? VISITOR : null);
    },
    forget: () => void believed.clear(),
  };
}

const VISITOR: Identity = { kind: 'visitor', name: 'visitor', viewer: { kind: 'local' } };

/** The token of `Authorization: Bearer …`; null where there is none. */
export function bearerOf(headers: IncomingHttpHeaders): string | null {
  return /^Bearer +(\S+)$/i.exec(headers.authorization ?? '')?.[1] ?? null;
}

/** One cookie's value; null where it is not sent. */
export function cookieOf(header: string | undefined, name: string): string | null {
  for (const part of header?.split(';') ?? []) {
    const [key, ...value] = part.trim().split('=');
    if (key === name) return value.join('=');
  }
  return null;
}
