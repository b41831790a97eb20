import type { MainFile } from './file.ts';

type Scope = 'page' | 'write' | 'session';

/** A token as it is kept: by its hash. Times in seconds UTC. */
export interface KnownToken {
  readonly hash: string;
  readonly scope: Scope;
  readonly name: string;
  readonly expires: number | null;
  readonly used: number | null;
}

/** All tokens that are not expired; expired ones are dropped on the way. */
export async function loadTokens(db: MainFile, now: number): Promise<KnownToken[]> {
  await db.token.deleteMany({ where: { expires: { lte: now } } });
  const rows = await db.token.findMany();
  return rows.map(({ hash, scope, name, expires, used }) => ({ hash, scope: scope as Scope, name, expires, used })); // written from the type
}

/** Keeps a token; `issued` in seconds UTC. */
export async function saveToken(db: MainFile, { hash, scope, name, expires }: KnownToken, issued: number): Promise<void> {
  const data = { scope, name, expires, issued };
  await db.token.upsert({ where: { hash }, create: { hash, ...data }, update: data });
}

/** Notes when a one-time token was used; the first use stays. */
export async function useToken(db: MainFile, hash: string, used: number): Promise<void> {
  await db.token.updateMany({ where: { hash, used: null }, data: { used } });
}

/** Removes every token of a name. */
export async function dropTokens(db: MainFile, name: string): Promise<void> {
  await db.token.deleteMany({ where: { name } });
}
