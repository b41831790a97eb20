import type { TokenScope } from '../interface/index.ts';
import type { MainFile } from './file.ts';

/** A token as it is kept: by its hash, which is also what it is called. Times in seconds UTC. */
export interface KnownToken {
  readonly hash: string;
  readonly scope: TokenScope;
  readonly name: string;
  readonly expires: number | null;
  readonly used: number | null;
}

/** All tokens that are not expired; expired ones are dropped on the way. */
export async function loadTokens(db: MainFile, now: number): Promise<KnownToken[]> {
  await db.token.deleteMany({ where: { expires: { lte: now } } });
  const rows = await db.token.findMany();
  return rows.flatMap(({ hash, name, expires, used, ...row }) => {
    const scope = scopeOf(row);
    return scope === null ? [] : [{ hash, scope, name, expires, used }];
  });
}

/** Keeps a token; `issued` in seconds UTC. */
export async function saveToken(db: MainFile, { hash, scope, name, expires }: KnownToken, issued: number): Promise<void> {
  const data = {
    scope: scope.kind,
    node: scope.kind === 'node' ? scope.node : null,
    cluster: scope.kind === 'job' ? scope.cluster : null,
    job: scope.kind === 'job' ? scope.id : null,
    name,
    expires,
    issued,
  };
  await db.token.upsert({ where: { hash }, create: { hash, ...data }, update: data });
}

/** Notes when a one-time token was used; the first use stays. */
export async function useToken(db: MainFile, hash: string, used: number): Promise<void> {
  await db.token.updateMany({ where: { hash, used: null }, data: { used } });
}

/** Binds a token to its node; the first one stays. */
export async function bindToken(db: MainFile, hash: string, node: string): Promise<void> {
  await db.token.updateMany({ where: { hash, scope: 'node', node: null }, data: { node } });
}

/** Removes every token of a name, and the sessions that came from one. */
export async function dropTokens(db: MainFile, name: string): Promise<void> {
  await db.$transaction([db.token.deleteMany({ where: { name } }), db.session.deleteMany({ where: { tokenName: name } })]);
}

/** Null for a row that this version does not know: such a token opens nothing. */
function scopeOf({ scope, node, cluster, job }: { scope: string; node: string | null; cluster: string | null; job: string | null }): TokenScope | null {
  switch (scope) {
    case 'page':
    case 'read':
    case 'admin':
      return { kind: scope };
    case 'node':
      return { kind: 'node', node };
    case 'job':
      return cluster === null || job === null ? null : { kind: 'job', cluster, id: job };
    default:
      return null;
  }
}
