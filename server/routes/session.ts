import { ErrorReplySchema, name, RevokedSchema, SessionSchema, TokenReplySchema, TokenRequestSchema } from '../../core/contract/index.ts';
import { Type } from 'typebox';
import type { Recogniser } from '../auth/index.ts';
import { type App, notThere, Problem } from '../http/index.ts';
import type { Logger } from 'pino';
import type { Store } from '../store/index.ts';

export interface SessionOptions {
  readonly tokens: Store['tokens'];
  readonly log: Logger;
  readonly demo: boolean;
  readonly version: string;
  /** The name of the cluster whose jobs these are. */
  readonly cluster: string;
  /** Seconds UTC. */
  readonly now: () => number;
  readonly recogniser: Recogniser;
  readonly cookie: string;
  /** The address that people open, without a path. */
  readonly address: () => string;
}

/** A one-time page address ends after this time, seconds. */
export const PAGE_TOKEN_LIFE = 86_400;

/** Who am I, sign out, and tokens. */
export function sessionRoutes(app: App, { tokens, log, demo, version, cluster, now, recogniser, cookie, address }: SessionOptions): void {
  app.get(
    '/api/session',
    {
      config: { access: 'self' },
      schema: { tags: ['service'], summary: 'Who the server takes this caller for', response: { 200: SessionSchema, 401: ErrorReplySchema } },
    },
    async (request) => {
      const { identity } = request;
      if (identity === null) throw new Problem(401, { error: 'who asks is not known', where: 'header authorization', remedy: 'sign in first' });
      return { kind: identity.kind, name: identity.name, demo, version, cluster };
    },
  );

  app.delete(
    '/api/session',
    {
      config: { access: 'self' },
      schema: { tags: ['service'], summary: 'Sign this browser out', response: { 204: Type.Null() } },
    },
    async (_request, reply) => reply.clearCookie(cookie, { path: '/' }).code(204).send(null),
  );

  app.post(
    '/api/tokens',
    {
      config: { access: 'manage' },
      schema: {
        tags: ['service'],
        summary: 'Issue a write token, or a one-time page address',
        body: TokenRequestSchema,
        response: { 201: TokenReplySchema, '4xx': ErrorReplySchema },
      },
    },
    async (request, reply) => {
      const { name, scope = 'write', days } = request.body;
      const life = days !== undefined ? days * 86_400 : scope === 'page' ? PAGE_TOKEN_LIFE : null;
      const token = await tokens.issue({ scope, name, expires: life === null ? null : now() + life });
      log.info({ name, scope, by: request.identity?.kind }, 'a token was issued');
      return reply
        .code(201)
        .header('cache-control', 'no-store')
        .send({ name, scope, token, url: scope === 'page' ? `${address()}/?token=${token}` : null });
    },
  );

  app.delete(
    '/api/tokens/:name',
    {
      config: { access: 'manage' },
      schema: {
        tags: ['service'],
        summary: 'Revoke every token of this name',
        params: Type.Object({ name: name(100) }),
        response: { 200: RevokedSchema, '4xx': ErrorReplySchema },
      },
    },
    async (request) => {
      const revoked = await tokens.revoke(request.params.name);
      recogniser.forget();
      if (revoked === 0) throw notThere('a token of this name', 'path/name', 'names are as given to headroom token issue');
      return { revoked };
    },
  );
}
