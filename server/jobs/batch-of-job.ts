import type { IngestBatch, Job, JobDeclaration } from '../../core/contract/index.ts';
import { entityOf } from '../../core/readings/index.ts';
import { type JobIndex, jobName } from '../ownership/index.ts';
import type { JobKey } from '../store/index.ts';

/** What a batch shows of the job that it names and its declaration lacks: its node, its GPUs where nobody has listed any there. Null for nothing. */
export type PlacesLearner = (batch: IngestBatch, known: { readonly key: JobKey; readonly job: Job | undefined }) => JobDeclaration | null;

/** Remembers of which jobs on which nodes it has learned the GPUs: only those lists it may extend. `now`: seconds UTC. */
export function placesLearner(now: () => number): PlacesLearner {
  const learning = new Set<string>();
  return (batch, { key, job }) => {
    const first = batch.blocks.reduce((least, block) => Math.min(least, block.t[0] ?? least), now());
    const nodes = new Set(job?.nodes);
    const gpus = new Map((job?.gpus ?? []).map((gpu) => [gpu.uuid, gpu.node]));
    const before = nodes.size + gpus.size;
    for (const { entity } of batch.blocks) {
      if (entity.node === undefined) continue;
      nodes.add(entity.node);
      const place = `${jobName(key)}@${entity.node}`;
      if (entity.kind !== 'gpu' || gpus.has(entity.id)) continue;
      // Where somebody listed the job's GPUs on this node, the list stands; where nobody did, what the job's tools show is it.
      const listed = (job?.gpus ?? []).some((gpu) => gpu.node === null || gpu.node === entity.node);
      if (listed && !learning.has(place)) continue;
      learning.add(place);
      gpus.set(entity.id, entity.node);
    }
    if (job !== undefined && nodes.size + gpus.size === before) return null;
    return {
      nodes: [...nodes],
      gpus: [...gpus].map(([uuid, node]) => (node === null ? { uuid } : { uuid, node })),
      ...(job === undefined ? { state: 'running' as const, start: first } : {}),
    };
  };
}

/** The batch with the facts that tie its engines and processes to the job (`cluster/id`) that it names, as far as they are new. */
export function withClaims(batch: IngestBatch, index: Pick<JobIndex, 'claim' | 'claimOf'>, job: string): IngestBatch {
  const claims = new Map<string, NonNullable<IngestBatch['facts']>[number]>();
  for (const { entity } of batch.blocks) {
    if (entity.kind !== 'engine' && entity.kind !== 'process') continue;
    if (index.claimOf(entityOf(entity)) === job) continue;
    index.claim(entityOf(entity), job);
    claims.set(`${entity.kind}:${entity.id}`, { entity, name: 'job', value: job });
  }
  return claims.size === 0 ? batch : { ...batch, facts: [...(batch.facts ?? []), ...claims.values()] };
}
