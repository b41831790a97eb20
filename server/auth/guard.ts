import type { FastifyInstance, FastifyRequest, RouteOptions } from 'fastify';
import { Problem } from '../http/index.ts';
import type { HostRules } from './hosts.ts';
import type { Access, Identity } from './identity.ts';
import { bearerOf, cookieOf, type Recogniser, SECRET_HEADER } from './recognise.ts';

export interface GuardOptions {
  readonly recogniser: Recogniser;
  readonly hosts: HostRules;
  readonly demo: boolean;
  /** The session cookie's name. */
  readonly cookie: string;
}

const HOW_TO_SIGN_IN =
  'open the address that the server printed at start (a new one: headroom token page), or send Authorization: Bearer with a token from: headroom token issue NAME';

/**
 * Every request passes here first: the name it was asked under, who asks, and whether that one may. What is asked of the caller stands
 * with the route and is looked up where the router found it, never in the address: that has many spellings. Call it before any route
 * is added; one that does not say its `access` stops the start.
 */
export function guard(app: FastifyInstance, options: GuardOptions): void {
  app.decorateRequest('identity', null);
  everyRouteSays(app);
  app.addHook('onRequest', async (request) => {
    const access = accessOf(request);
    const identity = options.recogniser.identify(request.raw);
    // A program with a token of its own, or the owner's socket, is not a browser that a foreign name could lead here.
    const byBrowser = identity?.kind !== 'token' && identity?.kind !== 'owner';
    if (byBrowser && request.routeOptions.config.anyName !== true && !options.hosts.hostAllowed(request.headers.host)) throw wrongHost(request);
    request.identity = identity;
    if (access === 'open') return;
    if (identity === null) throw unknown(request, options.cookie);
    check(request, { identity, access }, options);
  });
  // A body may take minutes, a question waits for its turn: what was good at the first byte may have been revoked since.
  app.addHook('preHandler', async (request) => {
    if (accessOf(request) !== 'open' && request.identity !== null && !options.recogniser.stands(request.identity)) throw unknown(request, options.cookie);
  });
}

/** What is no route is closed as well: who is not known is not told what there is. */
function accessOf(request: FastifyRequest): Access {
  return request.routeOptions.config.access ?? 'self';
}

/** Looked at when all are there: a plugin's own hook may say it for the routes that the plugin brings. */
function everyRouteSays(app: FastifyInstance): void {
  const routes: RouteOptions[] = [];
  app.addHook('onRoute', (route) => void routes.push(route));
  app.addHook('onReady', async () => {
    const silent = routes.filter(({ config }) => config?.access === undefined).map(({ method, url }) => `${String(method)} ${url}`);
    if (silent.length > 0) throw new Error(`routes that do not say who may ask them (config.access): ${silent.join(', ')}`);
  });
}

function check(request: FastifyRequest, { identity, access }: { identity: Identity; access: Access }, options: GuardOptions): void {
  if (options.demo && request.routeOptions.config.intake === true) {
    throw new Problem(403, {
      error: 'this is a demo: it takes readings from its own generator only',
      where: request.routeOptions.url ?? '',
      remedy: 'run headroom serve without --demo to store your own',
    });
  }
  if (!identity.may.includes(access)) throw notThis(identity, access, request);
  const changes = request.method !== 'GET' && request.method !== 'HEAD';
  if (changes && identity.kind === 'session' && !options.hosts.sameOrigin(request.headers)) {
    throw new Problem(403, {
      error: 'a page of another site sent this with your cookie',
      where: 'header origin',
      remedy: 'send it from Headroom’s own page, or with a token; behind a proxy set HEADROOM_URL to the address that people use',
    });
  }
}

function notThis({ kind }: Identity, access: Access, request: FastifyRequest): Problem {
  const where = kind === 'token' ? 'header authorization' : (request.routeOptions.url ?? '');
  if (kind === 'token' && access === 'read')
    return new Problem(403, {
      error: 'this token writes of its node, and reads nothing',
      where,
      remedy: 'for reading: headroom token issue NAME --read',
    });
  return new Problem(403, {
    error: 'this caller may not do that',
    where,
    remedy:
      access === 'write'
        ? 'for sending: headroom token issue NAME, with --node or --job'
        : 'use the page with a signed-in browser, a token of scope admin, or headroom token on the machine that runs the server',
  });
}

function unknown({ headers }: FastifyRequest, cookie: string): Problem {
  if (bearerOf(headers) !== null)
    return new Problem(401, {
      error: 'this token is not valid here (unknown, revoked or expired)',
      where: 'header authorization',
      remedy: 'issue a new one: headroom token issue NAME',
    });
  if (cookieOf(headers.cookie, cookie) !== null)
    return new Problem(401, {
      error: 'the session has ended, or its cookie came without the secret of its page: a cookie alone opens nothing',
      where: `header ${SECRET_HEADER}`,
      remedy: HOW_TO_SIGN_IN,
    });
  return new Problem(401, { error: 'who asks is not known: no valid session and no token', where: 'header authorization', remedy: HOW_TO_SIGN_IN });
}

function wrongHost(request: FastifyRequest): Problem {
  return new Problem(421, {
    error: `this server does not answer to the name “${request.headers.host ?? ''}”`,
    where: 'header host',
    remedy: 'ask by address, or add the name to HEADROOM_HOSTS and start the server again',
  });
}
