import type { MainFile } from './file.ts';

/** A session as it is kept: both secrets by their hashes. Times in seconds UTC. */
export interface KnownSession {
  readonly id: string;
  readonly cookie: string;
  readonly secret: string;
  readonly principal: string;
  readonly token: string;
  readonly tokenName: string;
  readonly created: number;
  readonly used: number;
  readonly expires: number;
}

/** All sessions that are not expired; expired ones are dropped on the way. */
export async function loadSessions(db: MainFile, now: number): Promise<KnownSession[]> {
  await db.session.deleteMany({ where: { expires: { lte: now } } });
  return db.session.findMany();
}

/** Keeps a new session. */
export async function saveSession(db: MainFile, session: KnownSession): Promise<void> {
  await db.session.create({ data: session });
}

/** Notes when it was used last. */
export async function useSession(db: MainFile, id: string, used: number): Promise<void> {
  await db.session.updateMany({ where: { id }, data: { used } });
}

/** Removes sessions. */
export async function dropSessions(db: MainFile, ids: readonly string[]): Promise<void> {
  await db.session.deleteMany({ where: { id: { in: [...ids] } } });
}
