// Past the door of server/demo: the demo’s cluster is counted before it plays.
import { describe, expect, it } from 'vitest';
import type { JobDeclaration } from '../../../core/contract/index.ts';
import type { Intake } from '../../../core/readings/index.ts';
import { demoCluster } from '../../../server/demo/cluster.ts';
import { startDemo } from '../../../server/demo/index.ts';

const NOON = 1_740_139_200;

async function history(seed: number) {
  const intakes: Intake[] = [];
  const jobs = new Map<string, JobDeclaration>();
  const demo = await startDemo({
    seed,
    now: () => NOON,
    ingest: (intake) => Promise.resolve(void intakes.push(intake)),
    declare: (key, declaration) => Promise.resolve(void jobs.set(key.id, { ...jobs.get(key.id), ...declaration })),
    log: { info: () => undefined, error: () => undefined },
  });
  await demo.stop();
  return { intakes, jobs };
}

describe('the pretend Alvis', () => {
  it('has 217 nodes and 892 GPUs in the counts that the cluster publishes', () => {
    const cluster = demoCluster(1);
    const gpus = cluster.flatMap((node) => node.gpus);
    expect(cluster).toHaveLength(217);
    expect(gpus).toHaveLength(892);
    expect(new Set(gpus.map((gpu) => gpu.uuid)).size).toBe(892);
    const count = (type: string) => gpus.filter((gpu) => gpu.type === type).length;
    expect({ T4: count('T4'), A40: count('A40'), V100: count('V100-16'), A100: count('A100-40'), A100fat: count('A100-80') }).toEqual({
      T4: 160,
      A40: 348,
      V100: 44,
      A100: 308,
      A100fat: 32,
    });
  });

  it('brings an hour of history: 46 GPUs at 5 s, every other at 60 s', async () => {
    const { intakes } = await history(1);
    const rows = new Map<string, number>();
    for (const { entity, t } of intakes.flatMap((intake) => intake.tables)) {
      if (entity.kind === 'gpu') rows.set(entity.id, (rows.get(entity.id) ?? 0) + t.length);
    }
    const counts = [...rows.values()];
    expect(counts.filter((count) => count === 720)).toHaveLength(46);
    expect(counts.filter((count) => count === 60)).toHaveLength(846);
  });

  it('has a job on a node without profiling counters: what limits it is not collected', async () => {
    const { intakes } = await history(1);
    const columns = (name: string) =>
      new Set(
        intakes
          .filter(({ source }) => source.startsWith(`demo/${name}/`))
          .flatMap(({ tables }) => tables.flatMap((table) => (table.entity.kind === 'gpu' ? [...table.columns.keys()] : []))),
      );
    const counters = ['gpu.grActive', 'gpu.tensorActive', 'gpu.dramActive', 'gpu.pcieRx'] as const;
    expect(counters.map((id) => columns('sample-images').has(id))).toEqual([false, false, false, false]);
    expect(columns('sample-images').has('gpu.util')).toBe(true);
    expect(counters.map((id) => columns('jupyter').has(id))).toEqual([true, true, true, true]);
  });

  it('is the same for the same seed and another for another', async () => {
    const [first, again, other] = [await history(7), await history(7), await history(8)];
    expect(again.intakes).toEqual(first.intakes);
    expect([...again.jobs]).toEqual([...first.jobs]);
    expect(other.intakes).not.toEqual(first.intakes);
  });

  it('declares every job as demo, and some have ended within the hour', async () => {
    const { jobs } = await history(1);
    const all = [...jobs.values()];
    expect(all.every((job) => job.demo === true)).toBe(true);
    expect(all.filter((job) => job.state === 'completed').map((job) => job.name)).toContain('lora-8b');
    expect(all.length).toBeGreaterThan(100);
  });

  it('sends counters that only grow within one job', async () => {
    const { intakes } = await history(1);
    const tokens = intakes
      .filter((intake) => intake.source.startsWith('demo/llama70b-serve/'))
      .flatMap((intake) => intake.tables)
      .filter((table) => table.entity.kind === 'engine')
      .flatMap((table) => [...(table.columns.get('engine.generationTokens') ?? [])]);
    expect(tokens.length).toBe(720);
    expect(tokens.every((value, index) => index === 0 || (value ?? 0) >= (tokens[index - 1] ?? 0))).toBe(true);
  });
});
