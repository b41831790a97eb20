import {
  ErrorReplySchema,
  name,
  RevokedSchema,
  SessionSchema,
  SignedInSchema,
  SignInSchema,
  TokenReplySchema,
  type TokenRequest,
  TokenRequestSchema,
} from '../../core/contract/index.ts';
import { Type } from 'typebox';
import type { SignIn } from '../auth/index.ts';
import { type App, notThere, Problem } from '../http/index.ts';
import { keyIn } from '../jobs/index.ts';
import { ACCESS_BOUNDS } from '../settings/index.ts';
import type { Logger } from 'pino';
import type { Store, TokenScope } from '../store/index.ts';
import { identityOf } from './viewer.ts';

export interface SessionOptions {
  readonly tokens: Store['tokens'];
  readonly log: Logger;
  readonly demo: boolean;
  readonly version: string;
  /** The name of the cluster whose jobs these are. */
  readonly cluster: string;
  /** Seconds UTC. */
  readonly now: () => number;
  readonly doors: SignIn;
  /** The address that people open, without a path. */
  readonly address: () => string;
}

/** A one-time page address ends after this time, seconds. */
export const PAGE_TOKEN_LIFE = 86_400;

/** Under these names browsers are let in, and put out: `headroom token revoke page`. */
const BROWSERS: ReadonlySet<string> = new Set(['page', 'start']);

/** Who am I, sign out, and tokens. */
export function sessionRoutes(app: App, { tokens, log, demo, version, cluster, now, doors, address }: SessionOptions): void {
  app.get(
    '/api/session',
    {
      config: { access: 'self' },
      schema: { tags: ['service'], summary: 'Who the server takes this caller for', response: { 200: SessionSchema, 401: ErrorReplySchema } },
    },
    async (request) => {
      const { kind, name, sender, may } = identityOf(request);
      const own = sender.kind === 'node' ? sender.node : sender.kind === 'job' ? `${sender.cluster}/${sender.id}` : null;
      return {
        kind,
        name,
        reads: may.includes('read'),
        writes: may.includes('write'),
        only: own === null ? null : `${sender.kind} ${own}`,
        demo,
        version,
        cluster,
      };
    },
  );

  app.post(
    '/api/session',
    {
      config: { access: 'open' },
      schema: {
        tags: ['service'],
        summary: 'Sign this browser in with the one-time token of an address',
        description:
          'The reply sets a cookie and gives a second secret, which the page keeps in its own storage and sends as the header x-headroom-session. The cookie alone opens nothing.',
        security: [],
        body: SignInSchema,
        response: { 201: SignedInSchema, '4xx': ErrorReplySchema },
      },
    },
    async (request, reply) => {
      const signedIn = await doors.signIn(request, reply, request.body.token);
      log.info('a browser signed in');
      return reply.code(201).header('cache-control', 'no-store').send(signedIn);
    },
  );

  app.delete(
    '/api/session',
    {
      config: { access: 'self' },
      schema: {
        tags: ['service'],
        summary: 'Sign this browser out: its session ends at once, its sockets with it',
        response: { 204: Type.Null(), '4xx': ErrorReplySchema },
      },
    },
    async (request, reply) => {
      await doors.signOut(request, reply);
      return reply.code(204).send(null);
    },
  );

  app.post(
    '/api/tokens',
    {
      config: { access: 'manage' },
      schema: {
        tags: ['service'],
        summary: 'Issue a token for a program, or a one-time page address',
        description:
          'Scopes: `node` (the default) writes of one node: `node`, or the first that it is used for; `job` writes of one job (`job`: ID or CLUSTER/ID) and sees it; `read` sees everything; `admin` may do everything; `page` signs one browser in.',
        body: TokenRequestSchema,
        response: { 201: TokenReplySchema, '4xx': ErrorReplySchema },
      },
    },
    async (request, reply) => {
      const { name, days } = request.body;
      const scope = scopeOf(request.body, cluster);
      if (BROWSERS.has(name) && scope.kind !== 'page') {
        throw new Problem(400, { error: `the name “${name}” is the browsers’`, where: 'body/name', remedy: 'revoking it signs them out: give another name' });
      }
      if (tokens.count(now()) >= ACCESS_BOUNDS.tokens.value) {
        throw new Problem(409, {
          error: `the limit “${ACCESS_BOUNDS.tokens.name}” (${ACCESS_BOUNDS.tokens.value}) is reached`,
          where: 'body',
          remedy: 'revoke tokens that are no longer needed: headroom token revoke NAME',
        });
      }
      const life = days !== undefined ? days * 86_400 : scope.kind === 'page' ? PAGE_TOKEN_LIFE : null;
      const token = await tokens.issue({ scope, name, expires: life === null ? null : now() + life });
      log.info({ name, scope: scope.kind, by: request.identity?.kind }, 'a token was issued');
      return reply
        .code(201)
        .header('cache-control', 'no-store')
        .send({ name, scope: scope.kind, token, url: scope.kind === 'page' ? pageAddress(address(), token) : null });
    },
  );

  app.delete(
    '/api/tokens/:name',
    {
      config: { access: 'manage' },
      schema: {
        tags: ['service'],
        summary: 'Revoke every token of this name; what they opened ends at once, sessions from one-time addresses of this name too',
        params: Type.Object({ name: name(100) }),
        response: { 200: RevokedSchema, '4xx': ErrorReplySchema },
      },
    },
    async (request) => {
      const revoked = await tokens.revoke(request.params.name);
      if (revoked === 0) throw notThere('a token of this name', 'path/name', 'names are as given to headroom token issue');
      return { revoked };
    },
  );
}

/** The address that signs a browser in. The token stands in the fragment, which no browser sends: not to this server, no proxy, no other site. */
export function pageAddress(address: string, token: string): string {
  return `${address}/#token=${token}`;
}

function scopeOf({ scope, node, job }: TokenRequest, cluster: string): TokenScope {
  const kind = scope ?? (job === undefined ? 'node' : 'job');
  if ((node !== undefined && kind !== 'node') || (job !== undefined && kind !== 'job'))
    throw wrong(`a token of scope ${kind} belongs to no ${node === undefined ? 'job' : 'node'}`, node === undefined ? 'body/job' : 'body/node');
  if (kind === 'node') return { kind, node: node ?? null };
  if (kind !== 'job') return { kind };
  if (job === undefined) throw wrong('of which job?', 'body/job');
  return { kind, ...keyIn(cluster, job) };
}

function wrong(error: string, where: string): Problem {
  return new Problem(400, { error, where, remedy: 'give one of node, job (ID or CLUSTER/ID), scope read, scope admin, scope page' });
}
