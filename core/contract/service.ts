import { Type, type Static } from 'typebox';
import { id, name } from './names.ts';
import { count } from './numbers.ts';
import { nullable, oneOf } from './verdict.ts';

/** `GET /health/live` and `/health/ready`: alive, and (else 503) able to store readings. */
export const ProbeSchema = Type.Object({ status: Type.Union([Type.Literal('ok'), Type.Literal('trouble')]), trouble: nullable(Type.String()) });

/** `GET /api/health`: for a load balancer, a container's health check, a person with curl. 200 when readings can be stored, else 503. */
export const HealthSchema = Type.Object({
  status: Type.Union([Type.Literal('ok'), Type.Literal('trouble')]),
  trouble: nullable(Type.String()),
  version: Type.String(),
  demo: Type.Boolean(),
  /** Seconds since the start. */
  uptime: Type.Number(),
  /** What does not stop the service and wants a look all the same, a line each. */
  warnings: Type.Array(Type.String()),
  store: nullable(
    Type.Object({
      bytes: Type.Number(),
      values: Type.Number(),
      chunks: Type.Number(),
      walRows: Type.Number(),
      /** Entities with readings that are not sealed into chunks yet, and how long the oldest of these wait, seconds. */
      open: count(),
      openFor: nullable(Type.Number()),
      /** Entities whose readings cannot be sealed, and why (of some). */
      heldBack: count(),
      reasons: Type.Array(Type.String()),
    }),
  ),
  /** Seconds that the server is behind with its work, on average. */
  lag: Type.Number(),
  /** Bytes of the disk that the data folder is on; null where the system does not say. */
  disk: nullable(Type.Object({ free: Type.Number(), total: Type.Number() })),
  /** Why writes are told 503 for a moment, in words; null where they are not. Everything can still be read. */
  pressure: nullable(Type.String()),
  /** Raw streams open now. */
  streams: count(),
});

/** `GET /api/session`: who the server takes this caller for. */
export const SessionSchema = Type.Object({
  kind: Type.Union([Type.Literal('session'), Type.Literal('token'), Type.Literal('owner'), Type.Literal('visitor')]),
  name: Type.String(),
  /** What this caller may do; `only`: the one node or job that it may send for, `node n1` or `job c/7`. */
  reads: Type.Optional(Type.Boolean()),
  writes: Type.Optional(Type.Boolean()),
  only: Type.Optional(nullable(Type.String())),
  demo: Type.Boolean(),
  version: Type.String(),
  cluster: Type.String(),
});

/** `POST /api/session`: the token of a one-time address becomes a session. */
export const SignInSchema = Type.Object({ token: name(200, 1) }, { additionalProperties: false });

/** The page's own secret, to be sent as the header `x-headroom-session` (in a socket's handshake as `auth.secret`), and when the session ends, seconds UTC. */
export const SignedInSchema = Type.Object({ secret: Type.String(), expires: Type.Number() });

/** `POST /api/tokens`: a token for agents and scripts, or a one-time page address. */
export const TokenRequestSchema = Type.Object(
  {
    name: Type.String({ minLength: 1, maxLength: 100, pattern: '^[\\w.@ -]+$' }),
    /** `node` where it is left out, or `job` where a job is named. */
    scope: Type.Optional(oneOf(['node', 'job', 'read', 'admin', 'page'])),
    /** The node that it is bound to; without it the first that it is used for. */
    node: Type.Optional(id(200, 1)),
    /** `ID` or `CLUSTER/ID`. */
    job: Type.Optional(id(200, 1)),
    /** Days until it ends; without it a program's token stays until it is revoked. */
    days: Type.Optional(Type.Number({ exclusiveMinimum: 0, maximum: 3_650 })),
  },
  { additionalProperties: false },
);

/** The token itself is shown here once and stored as a hash. */
export const TokenReplySchema = Type.Object({ name: Type.String(), scope: Type.String(), token: Type.String(), url: nullable(Type.String()) });

/** `DELETE /api/tokens/:name`. */
export const RevokedSchema = Type.Object({ revoked: count() });

/** What is OpenAPI's to say. */
const OPEN = { additionalProperties: true } as const;

/** `GET /api/openapi.json`: the outline of an OpenAPI 3.1 document. */
export const OpenApiSchema = Type.Object(
  {
    openapi: Type.String(),
    info: Type.Object({ title: Type.String(), version: Type.String() }, OPEN),
    paths: Type.Record(Type.String(), Type.Object({}, OPEN)),
  },
  OPEN,
);

export type Health = Static<typeof HealthSchema>;
export type Session = Static<typeof SessionSchema>;
export type TokenRequest = Static<typeof TokenRequestSchema>;
export type SignedIn = Static<typeof SignedInSchema>;
export type TokenReply = Static<typeof TokenReplySchema>;
