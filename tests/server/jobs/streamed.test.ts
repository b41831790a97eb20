import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Job } from '../../../core/contract/index.ts';
import { intakeFromBatch } from '../../../core/readings/index.ts';
import { jobIndex } from '../../../server/ownership/index.ts';
import { openJobs, type Jobs } from '../../../server/jobs/index.ts';
import { openStore, type Store } from '../../../server/store/index.ts';
import { someSenders } from '../../support/senders.ts';
import { dataFolder, removeFolders } from '../../support/service.ts';

const SYSTEM = { kind: 'system' } as const;
let store: Store;
const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };
const index = jobIndex();
let jobs: Jobs;
beforeAll(async () => {
  store = await openStore({ folder: dataFolder(), rawDays: 30, rollupDays: 400, log: quiet });
  jobs = openJobs({ store, index, senders: someSenders, cluster: 'c', now: () => 10_000, changed: () => undefined });
});
afterAll(async () => {
  await store.close();
  removeFolders();
});

const batch = (job: string, at: number, entities: { kind: 'gpu' | 'engine'; id: string; node: string }[]) =>
  intakeFromBatch({ source: 's', seq: 0, job, blocks: entities.map((entity) => ({ entity, t: [at], columns: {} })) });
const words = (job: Job | undefined) =>
  job === undefined ? 'none' : `${job.state} ${job.start}-${job.end} ${job.nodes.join('+')} ${job.gpus.map((gpu) => gpu.uuid).join('+')}`;

describe('a job that only a stream names', () => {
  it('is declared by its first batch: running since then, with the node and GPUs that it shows', async () => {
    await jobs.prepare(batch('7', 9000, [{ kind: 'gpu', id: 'GPU-1', node: 'n1' }]), SYSTEM);
    expect(words(index.get({ cluster: 'c', id: '7' }))).toBe('running 9000-null n1 GPU-1');
  });

  it('gains GPUs and nodes as its tools show them', async () => {
    await jobs.prepare(batch('7', 9001, [{ kind: 'gpu', id: 'GPU-2', node: 'n1' }]), SYSTEM);
    await jobs.prepare(batch('c/7', 9001, [{ kind: 'gpu', id: 'GPU-3', node: 'n2' }]), SYSTEM);
    expect(words(index.get({ cluster: 'c', id: '7' }))).toBe('running 9000-null n1+n2 GPU-1+GPU-2+GPU-3');
  });

  it('ends at its last reading after a quarter of an hour of silence, and runs again when the stream comes back', async () => {
    await jobs.endSilent(10_900, () => 10_000);
    expect(words(index.get({ cluster: 'c', id: '7' }))).toContain('running');
    await jobs.endSilent(10_901, () => 10_000);
    expect(words(index.get({ cluster: 'c', id: '7' }))).toContain('unknown 9000-10001');
    await jobs.prepare(batch('7', 12_000, [{ kind: 'gpu', id: 'GPU-1', node: 'n1' }]), SYSTEM);
    expect(words(index.get({ cluster: 'c', id: '7' }))).toContain('running 9000-null');
  });

  it('is left alone once somebody declares it', async () => {
    await jobs.declare({ kind: 'local' }, { cluster: 'c', id: '7' }, { user: 'ada' });
    await jobs.endSilent(99_000, () => 10_000);
    expect(words(index.get({ cluster: 'c', id: '7' }))).toContain('running');
  });
});

describe('a job that lists its GPUs on a node', () => {
  it('keeps its list, whatever its tools can see there', async () => {
    await jobs.declare({ kind: 'system' }, { cluster: 'c', id: '8' }, { state: 'running', start: 9000, nodes: ['n5'], gpus: [{ uuid: 'GPU-a', node: 'n5' }] });
    await jobs.prepare(
      batch('8', 9001, [
        { kind: 'gpu', id: 'GPU-a', node: 'n5' },
        { kind: 'gpu', id: 'GPU-b', node: 'n5' },
      ]),
      SYSTEM,
    );
    expect(words(index.get({ cluster: 'c', id: '8' }))).toBe('running 9000-null n5 GPU-a');
  });
});

describe('an engine in a batch that names its job', () => {
  it('is the job’s, also after a restart', async () => {
    const engine = { kind: 'engine' as const, id: 'vllm@n5:8000', node: 'n5' };
    const prepared = await jobs.prepare(batch('8', 9002, [engine]), SYSTEM);
    expect(prepared.facts).toEqual([{ entity: engine, name: 'job', value: 'c/8' }]);
    await store.series.append(prepared);
    expect((await jobs.prepare(batch('8', 9003, [engine]), SYSTEM)).facts).toEqual([]);

    const other = jobIndex();
    await openJobs({ store, index: other, senders: someSenders, cluster: 'c', now: () => 10_000, changed: () => undefined }).load(10_000);
    expect(other.claimOf(engine)).toBe('c/8');
    expect(words(other.get({ cluster: 'c', id: '8' }))).toContain('GPU-a');
  });
});
