import type { FastifyReply, FastifyRequest } from 'fastify';
import { Problem } from '../http/index.ts';
import type { Store } from '../store/index.ts';
import type { HostRules } from './hosts.ts';

/** A session's life, seconds. */
const SESSION = 30 * 86_400;
/** Whose sessions are until there are accounts. */
const OPERATOR = 'operator';

export interface SignInOptions {
  readonly store: Pick<Store, 'tokens' | 'sessions'>;
  readonly hosts: HostRules;
  readonly cookie: string;
  readonly now: () => number;
}

export interface SignIn {
  /** Makes a one-time token a session: its cookie goes with the reply, its second secret (given here) to the page that asked. Throws a Problem (401, 403). */
  signIn(request: FastifyRequest, reply: FastifyReply, token: string): Promise<{ secret: string; expires: number }>;
  /** Ends the caller's session everywhere, at once. */
  signOut(request: FastifyRequest, reply: FastifyReply): Promise<void>;
}

/** Signing in and out. */
export function signInWith({ store, hosts, cookie, now }: SignInOptions): SignIn {
  return {
    async signIn(request, reply, token) {
      if (!hosts.sameOrigin(request.headers)) {
        throw new Problem(403, { error: 'a page of another site sent this', where: 'header origin', remedy: 'open the printed address itself' });
      }
      const redeemed = await store.tokens.redeem(token, now());
      if (redeemed === null) {
        throw new Problem(401, {
          error: 'this address works once, and was used or is over',
          where: 'body/token',
          remedy: 'for a new one, on the machine that runs the server: headroom token page',
        });
      }
      const before = request.identity;
      const expires = now() + SESSION;
      const { cookie: value, secret } = await store.sessions.open({ principal: OPERATOR, from: redeemed, expires });
      // Whoever signs in anew has no use for the old secrets, and somebody else might.
      if (before?.kind === 'session' && before.credential !== null) await store.sessions.end(before.credential.id);
      reply.setCookie(cookie, value, { httpOnly: true, sameSite: 'strict', path: '/', maxAge: SESSION, secure: request.protocol === 'https' });
      return { secret, expires };
    },
    async signOut({ identity }, reply) {
      if (identity?.kind === 'session' && identity.credential !== null) await store.sessions.end(identity.credential.id);
      reply.clearCookie(cookie, { path: '/' });
    },
  };
}
