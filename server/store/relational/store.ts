import { STORE_BOUNDS } from '../../settings/index.ts';
import { extname } from 'node:path';
import { type JobStore, StoreError, type StoreOptions } from '../interface/index.ts';
import { grouped, type Host, startHost } from '../worker/index.ts';
import type { AnalysisToSave } from './analyses.ts';
import type { RelationalHandlers } from './worker.ts';

/** Its answers are small: it needs no room of 48 MB for what has just been made. */
const YOUNG = 12;

/** Jobs, and the worker that the other relational stores use too. */
export interface Relational {
  readonly host: Host<RelationalHandlers>;
  readonly jobs: JobStore;
}

/** Opens the relational file; throws StoreError. */
export async function openRelational({
  file,
  log,
  patience = STORE_BOUNDS.patience.value * 1_000,
}: {
  file: string;
  log: StoreOptions['log'];
  patience?: number;
}): Promise<Relational> {
  const entry = new URL(`./worker${extname(import.meta.url)}`, import.meta.url);
  const host = await startHost<RelationalHandlers>({
    entry,
    data: { file },
    file,
    holds: 'jobs, verdicts, findings, nodes, facts and tokens; the readings are in series.db beside it',
    name: 'relational',
    young: YOUNG,
    writes: {
      probe: () => true,
      declare: () => true,
      saveAnalyses: (there) => there.includes(true),
      keepHeard: () => true,
      saveToken: () => true,
      bindToken: () => true,
      saveSession: () => true,
      setSetting: () => true,
    },
    probe: 'probe',
    log,
    maxWaiting: STORE_BOUNDS.relationalWaiting.value,
    patience,
  });
  const save = grouped<AnalysisToSave, boolean>((take) => host.call('saveAnalyses', take), {
    size: () => 1,
    mostWaiting: STORE_BOUNDS.relationalWaiting.value,
    mostTogether: 32,
  });
  const jobs: JobStore = {
    declare: (key, declaration) => host.call('declare', () => ({ key: keyOf(key), declaration })),
    get: (key) => host.call('job', () => keyOf(key)),
    list: (query, among = null) => host.call('list', () => ({ query, among })),
    active: (since, among = null) => host.call('active', () => ({ since, among })),
    beside: (query) => host.call('beside', () => query),
    saveAnalysis: async (key, analysis, summary) => {
      if (!(await save({ key: keyOf(key), analysis, summary }))) throw new StoreError('failed', `job ${key.id} of cluster ${key.cluster} is not known`);
    },
    analysis: (key) => host.call('analysis', () => keyOf(key)),
    findings: (since, among = null) => host.call('findings', () => ({ since, among })),
  };
  return { host, jobs };
}

/** Only these two: callers hand in whole jobs. */
function keyOf({ cluster, id }: { cluster: string; id: string }): { cluster: string; id: string } {
  return { cluster, id };
}
