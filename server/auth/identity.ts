import type { Viewer } from './viewer.ts';

/**
 * Who asks, as far as a request shows:
 * - session: a browser whose cookie came from the one-time address;
 * - token: a program with a write token (Bearer);
 * - owner: whoever may open the socket in the data folder, that is, the account that runs the service;
 * - visitor: anybody, on a demo.
 */
export interface Identity {
  readonly kind: 'session' | 'token' | 'owner' | 'visitor';
  readonly name: string;
  readonly viewer: Viewer;
}

/**
 * What a route asks of its caller: nothing; to be known, whoever it is (`self`); one that may see data, change data, or hand out
 * tokens.
 */
export type Access = 'open' | 'self' | 'read' | 'write' | 'manage';

declare module 'fastify' {
  interface FastifyRequest {
    identity: Identity | null;
  }
  interface FastifyContextConfig {
    /** Every route says it: one that does not stops the start. */
    access?: Access;
    /** True where the name under which it is asked does not matter. */
    anyName?: boolean;
    /** True where readings or jobs come in: closed on a demo. */
    intake?: boolean;
  }
}
