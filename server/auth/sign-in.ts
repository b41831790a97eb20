import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Store } from '../store/index.ts';
import type { HostRules } from './hosts.ts';
import { cookieOf } from './recognise.ts';

/** A session's life, seconds. */
const SESSION = 30 * 86_400;

export interface SignInOptions {
  readonly tokens: Store['tokens'];
  readonly hosts: HostRules;
  readonly cookie: string;
  readonly now: () => number;
}

/** A page address with `?token=`: the one-time token becomes a cookie, once, and leaves the address bar. */
export function signIn(app: FastifyInstance, options: SignInOptions): void {
  app.addHook('onRequest', async (request, reply) => {
    if (request.method !== 'GET' || request.url.startsWith('/api/')) return undefined;
    const url = new URL(request.url, 'http://page');
    const token = url.searchParams.get('token');
    if (token === null || !options.hosts.hostAllowed(request.headers.host)) return undefined;
    url.searchParams.delete('token');
    // One leading slash: `//name` would lead to another site.
    const clean = `${url.pathname.replace(/^\/+/, '/')}${url.search}`;
    reply.header('cache-control', 'no-store').header('referrer-policy', 'no-referrer');
    if (await options.tokens.redeem(token, options.now())) {
      const session = await options.tokens.issue({ scope: 'session', name: 'browser', expires: options.now() + SESSION });
      return reply
        .setCookie(options.cookie, session, { httpOnly: true, sameSite: 'strict', path: '/', maxAge: SESSION, secure: request.protocol === 'https' })
        .redirect(clean, 303);
    }
    if (await hasSession(request, options)) return reply.redirect(clean, 303);
    return usedUp(reply);
  });
}

async function hasSession(request: FastifyRequest, options: SignInOptions): Promise<boolean> {
  const cookie = cookieOf(request.headers.cookie, options.cookie);
  return cookie !== null && (await options.tokens.check(cookie, options.now()))?.scope === 'session';
}

/** No words of the request are repeated here, so there is nothing to escape. */
function usedUp(reply: FastifyReply): FastifyReply {
  return reply.code(401).type('text/html; charset=utf-8').send(`<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Headroom: this address was used</title>
<body><h1>This address works once, and was used</h1>
<p>Another browser, or this one before its cookies were cleared, has opened it. For a new one, on the machine that runs the server:</p>
<pre>npx --no-install headroom token page</pre></body></html>
`);
}
