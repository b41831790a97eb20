import { workerData } from 'node:worker_threads';
import type { EntityRef } from '../../../core/readings/index.ts';
import type { JobDeclaration, JobsQuery } from '../../../core/contract/index.ts';
import type { Among, JobKey } from '../interface/index.ts';
import { sweep } from '../../threads/index.ts';
import { serveFile } from '../worker/index.ts';
import { type AnalysisToSave, findingsSince, readAnalysis, saveAnalyses } from './analyses.ts';
import { declare } from './declare.ts';
import { type MainFile, openMainFile } from './file.ts';
import { type About, eventsAbout, factsAbout, factsAfter, forget, type Heard, keepHeard, knownNodes, prune } from './facts.ts';
import { active, beside, list } from './list.ts';
import { recordOf, withPlaces } from './rows.ts';
import { dropSessions, type KnownSession, loadSessions, saveSession, useSession } from './sessions.ts';
import { bindToken, dropTokens, type KnownToken, loadTokens, saveToken, useToken } from './tokens.ts';

/** What the relational worker can be asked, by the main thread's side of it. */
export type RelationalHandlers = ReturnType<typeof handlersOf>;

function handlersOf(db: MainFile, path: string) {
  return {
    declare: ({ key, declaration }: { key: JobKey; declaration: JobDeclaration }) => declare(db, key, declaration),
    job: async (key: JobKey) => {
      const row = await db.job.findFirst({ where: key, include: withPlaces });
      return row === null ? null : recordOf(row);
    },
    list: ({ query, among }: { query: JobsQuery; among: Among }) => list(db, query, among),
    active: ({ since, among }: { since: number; among: Among }) => active(db, since, among),
    beside: (query: { nodes: readonly string[]; from: number; to: number }) => beside(db, query),
    saveAnalyses: (items: readonly AnalysisToSave[]) => saveAnalyses(db, items),
    analysis: (key: JobKey) => readAnalysis(db, key),
    findings: ({ since, among }: { since: number; among: Among }) => findingsSince(db, since, among),
    keepHeard: (heard: Heard) => keepHeard(db, heard),
    facts: (about: About) => factsAbout(db, about),
    events: (query: About & { from: number; to: number }) => eventsAbout(db, query),
    sweep: async (_: null) => sweep(),
    factsAfter: async (after: number) => factsAfter(path, after),
    nodes: async (_: null) => knownNodes(path),
    forget: (gone: { entities: readonly EntityRef[]; before: number }) => forget(db, gone),
    prune: (bounds: { now: number; eventsBefore: number }) => prune(db, bounds),
    tokens: ({ now }: { now: number }) => loadTokens(db, now),
    saveToken: ({ token, issued }: { token: KnownToken; issued: number }) => saveToken(db, token, issued),
    useToken: ({ hash, used }: { hash: string; used: number }) => useToken(db, hash, used),
    bindToken: ({ hash, node }: { hash: string; node: string }) => bindToken(db, hash, node),
    sessions: ({ now }: { now: number }) => loadSessions(db, now),
    saveSession: (session: KnownSession) => saveSession(db, session),
    useSession: ({ id, used }: { id: string; used: number }) => useSession(db, id, used),
    dropSessions: (ids: readonly string[]) => dropSessions(db, ids),
    dropTokens: (name: string) => dropTokens(db, name),
    setting: async (name: string) => (await db.setting.findUnique({ where: { name } }))?.value ?? null,
    setSetting: async ({ name, value }: { name: string; value: string }) => {
      await db.setting.upsert({ where: { name }, create: { name, value }, update: { value } });
    },
    /** Writes a row that nobody reads: whether it can be. */
    probe: async (_: null) => {
      const value = new Date().toISOString();
      await db.setting.upsert({ where: { name: 'written' }, create: { name: 'written', value }, update: { value } });
    },
    close: async (_: null) => {
      await db.$disconnect();
    },
  };
}

const options = workerData as { file: string }; // given by server/store/relational/store.ts
await serveFile(async () => handlersOf(await openMainFile(options.file), options.file));
