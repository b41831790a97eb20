import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { Store } from '../store/index.ts';
import { type Identity, OWNER, personOf, programOf, VISITOR } from './identity.ts';

/** The header with the secret that the page keeps in its own origin's storage. A cookie goes to every port of its host; this does not. */
export const SECRET_HEADER = 'x-headroom-session';
/** Timers hold no longer than this, milliseconds. */
const LONGEST_TIMER = 2 ** 31 - 1;

/** What a request, or a socket's handshake, shows. */
type Shown = Pick<IncomingMessage, 'headers'> & { socket?: unknown };

export interface Recogniser {
  /** Who sent this; null where neither token nor session is good. `secret`: the page's, where it does not come as a header. */
  identify(message: Shown, secret?: string): Identity | null;
  /** True while what lets an identity in is good: it may have ended since it was recognised. */
  stands(identity: Identity): boolean;
  /** Calls, once, when what lets an identity in has ended: at once where it is revoked or signed out (before this call, too), else to the second. Gives the undo. */
  whenOver(identity: Identity, end: () => void): () => void;
}

export interface RecogniserOptions {
  readonly store: Pick<Store, 'tokens' | 'sessions' | 'stands' | 'onEnd'>;
  readonly demo: boolean;
  readonly cookie: string;
  /** True for a connection that came through the socket in the data folder. */
  readonly isOwner: (socket: unknown) => boolean;
  readonly now: () => number;
}

/**
 * Recognises callers by the owner's socket, a Bearer token, or a session's cookie together with the secret of its page, in this order;
 * on a demo anybody is a visitor. Nothing is remembered: what has ended is not good for one request more.
 */
export function recogniser({ store, demo, cookie: name, isOwner, now }: RecogniserOptions): Recogniser {
  const person = ({ headers }: Shown, given: string | undefined): Identity | null => {
    const cookie = cookieOf(headers.cookie, name);
    const secret = given ?? headers[SECRET_HEADER];
    const session = cookie === null || typeof secret !== 'string' ? null : store.sessions.check(cookie, secret, now());
    return session === null ? null : personOf(session);
  };
  const stands = ({ credential }: Identity): boolean => credential === null || store.stands(credential.id, now());
  return {
    stands,
    identify(message, secret) {
      if (isOwner(message.socket)) return OWNER;
      const bearer = bearerOf(message.headers);
      if (bearer === null) return person(message, secret) ?? (demo ? VISITOR : null);
      const token = store.tokens.check(bearer, now());
      return token === null ? null : programOf(token, (node) => store.tokens.bind(token.id, node));
    },
    whenOver(identity, end) {
      const { credential } = identity;
      if (credential === null) return () => undefined;
      const { id, expires } = credential;
      let timer: NodeJS.Timeout | undefined;
      const undo = (): void => {
        clearTimeout(timer);
        forget();
      };
      const over = (): void => {
        undo();
        end();
      };
      const forget = store.onEnd((ended) => void (ended === id && over()));
      const wait = (): void => {
        if (expires === null) return;
        const left = (expires - now()) * 1000;
        if (left <= 0) over();
        else timer = setTimeout(wait, Math.min(left, LONGEST_TIMER)).unref();
      };
      // Whoever ended it before this call has told nobody here.
      if (stands(identity)) wait();
      else over();
      return undo;
    },
  };
}

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
