import type { TokenScope } from '../store/index.ts';
import type { Sender, Viewer } from './viewer.ts';

/**
 * Who asks, as far as a request shows, and what that one may do: decided once, here, and read by everybody else.
 * - session: a browser that signed in with a one-time address;
 * - token: a program with a token (Bearer) of some scope;
 * - owner: whoever may open the socket in the data folder, that is, the account that runs the service;
 * - visitor: anybody, on a demo.
 */
export interface Identity {
  readonly kind: 'session' | 'token' | 'owner' | 'visitor';
  readonly name: string;
  readonly may: readonly Access[];
  /** As whom it sees; null where it sees nothing. */
  readonly viewer: Viewer | null;
  /** As whom it sends. */
  readonly sender: Sender;
  /** What its sources are told apart by from those of others. */
  readonly mark: string;
  /** The token or session that lets it in, and when that ends by itself (seconds UTC; null: never); null where nothing does. */
  readonly credential: { readonly id: string; readonly expires: number | null } | null;
}

/**
 * What a route asks of its caller: nothing; to be known, whoever it is (`self`); one that may see data, change data, or hand out
 * tokens.
 */
export type Access = 'open' | 'self' | 'read' | 'write' | 'manage';

type Rights = Pick<Identity, 'may' | 'viewer' | 'sender'>;

const LOCAL = { kind: 'local' } as const;
const ALL: Rights = { may: ['self', 'read', 'write', 'manage'], viewer: LOCAL, sender: LOCAL };

export const OWNER: Identity = { kind: 'owner', name: 'owner', ...ALL, mark: 'owner', credential: null };
export const VISITOR: Identity = {
  kind: 'visitor',
  name: 'visitor',
  may: ['self', 'read'],
  viewer: LOCAL,
  sender: { kind: 'nobody' },
  mark: 'visitor',
  credential: null,
};

/** A person at the page. Until there are accounts a session is the operator's. */
export function personOf({ id, principal, expires }: { id: string; principal: string; expires: number }): Identity {
  return { kind: 'session', name: principal, ...ALL, mark: `person:${principal}`, credential: { id, expires } };
}

/** A program with a token; null for one of scope page, which is good for signing in only. `bind` is asked at the first use of a node's. */
export function programOf(
  token: { readonly id: string; readonly name: string; readonly scope: TokenScope; readonly expires: number | null },
  bind: (node: string) => { readonly node: string; readonly kept: Promise<void> },
): Identity | null {
  const rights = rightsOf(token, bind);
  if (rights === null) return null;
  return { kind: 'token', name: token.name, ...rights, mark: `token:${token.id.slice(0, 20)}`, credential: { id: token.id, expires: token.expires } };
}

function rightsOf(
  { id, scope }: { readonly id: string; readonly scope: TokenScope },
  bind: (node: string) => { readonly node: string; readonly kept: Promise<void> },
): Rights | null {
  switch (scope.kind) {
    case 'page':
      return null;
    case 'node':
      return { may: ['self', 'write'], viewer: null, sender: { kind: 'node', id, node: scope.node, bind } };
    case 'job':
      return { may: ['self', 'read', 'write'], viewer: scope, sender: scope };
    case 'read':
      return { may: ['self', 'read'], viewer: LOCAL, sender: { kind: 'nobody' } };
    case 'admin':
      return ALL;
  }
}

/** What is counted as one caller where callers take turns: a token or a browser's session by itself, an address where there is neither. */
export function turnKeyOf(identity: Identity | null, address: string): string {
  if (identity === null || identity.kind === 'visitor') return `address ${address}`;
  return identity.credential === null ? identity.kind : `${identity.kind} ${identity.credential.id}`;
}

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
