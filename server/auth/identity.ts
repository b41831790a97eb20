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

/** What a route asks of its caller: nothing, any identity, one that may change data, or one that may hand out tokens. */
export type Access = 'open' | 'read' | 'write' | 'manage';

declare module 'fastify' {
  interface FastifyRequest {
    identity: Identity | null;
  }
  interface FastifyContextConfig {
    /** Routes below /api that say nothing need `read`. */
    access?: Access;
    /** True where readings or jobs come in: closed on a demo. */
    intake?: boolean;
  }
}
