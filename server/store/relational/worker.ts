import { workerData } from 'node:worker_threads';
import type { JobDeclaration, JobsQuery } from '../../../core/contract/index.ts';
import type { JobKey, Viewer } from '../interface/index.ts';
import { serve } from '../worker/index.ts';
import { type AnalysisToSave, findingsSince, readAnalysis, saveAnalyses } from './analyses.ts';
import { declare } from './declare.ts';
import { type MainFile, openMainFile } from './file.ts';
import { type About, eventsAbout, factsAbout, type Heard, keepHeard, knownNodes, prune } from './facts.ts';
import { active, list } from './list.ts';
import { recordOf, visibleTo, withPlaces } from './rows.ts';
import { dropTokens, type KnownToken, loadTokens, saveToken, useToken } from './tokens.ts';

/** What the relational worker can be asked, by the main thread's side of it. */
export type RelationalHandlers = ReturnType<typeof handlersOf>;

function handlersOf(db: MainFile) {
  return {
    declare: ({ viewer, key, declaration }: { viewer: Viewer; key: JobKey; declaration: JobDeclaration }) => declare(db, viewer, key, declaration),
    job: async ({ viewer, key }: { viewer: Viewer; key: JobKey }) => {
      const row = await db.job.findFirst({ where: { AND: [visibleTo(viewer), key] }, include: withPlaces });
      return row === null ? null : recordOf(row);
    },
    list: ({ viewer, query }: { viewer: Viewer; query: JobsQuery }) => list(db, viewer, query),
    active: ({ viewer, since }: { viewer: Viewer; since: number }) => active(db, viewer, since),
    saveAnalyses: (items: readonly AnalysisToSave[]) => saveAnalyses(db, items),
    analysis: ({ viewer, key }: { viewer: Viewer; key: JobKey }) => readAnalysis(db, viewer, key),
    findings: ({ viewer, since }: { viewer: Viewer; since: number }) => findingsSince(db, viewer, since),
    keepHeard: (heard: Heard) => keepHeard(db, heard),
    facts: ({ viewer, about }: { viewer: Viewer; about: About }) => factsAbout(db, viewer, about),
    events: ({ viewer, query }: { viewer: Viewer; query: About & { from: number; to: number } }) => eventsAbout(db, viewer, query),
    nodes: ({ viewer }: { viewer: Viewer }) => knownNodes(db, viewer),
    prune: (bounds: { now: number; eventsBefore: number }) => prune(db, bounds),
    tokens: ({ now }: { now: number }) => loadTokens(db, now),
    saveToken: ({ token, issued }: { token: KnownToken; issued: number }) => saveToken(db, token, issued),
    useToken: ({ hash, used }: { hash: string; used: number }) => useToken(db, hash, used),
    dropTokens: (name: string) => dropTokens(db, name),
    setting: async (name: string) => (await db.setting.findUnique({ where: { name } }))?.value ?? null,
    setSetting: async ({ name, value }: { name: string; value: string }) => {
      await db.setting.upsert({ where: { name }, create: { name, value }, update: { value } });
    },
    close: async (_: null) => {
      await db.$disconnect();
    },
  };
}

const options = workerData as { file: string }; // given by server/store/relational/store.ts
await serve(async () => handlersOf(await openMainFile(options.file)));
