import { MOST_OF_JOB } from '../../core/bounds/index.ts';
import type { Job, JobDeclaration } from '../../core/contract/index.ts';
import type { Fact, Intake } from '../../core/readings/index.ts';
import { type JobIndex, jobName } from '../ownership/index.ts';
import type { JobKey } from '../store/index.ts';

/** Nodes of jobs that are remembered; the oldest are forgotten, and their lists stand as they are. */
const MOST_LEARNING = 200_000;

/** What an intake shows of the job that it names and its declaration lacks: its node, its GPUs where nobody has listed any there. Null for nothing. */
export type PlacesLearner = (intake: Intake, known: { readonly key: JobKey; readonly job: Job | undefined }) => JobDeclaration | null;

/** Remembers of which jobs on which nodes it has learned the GPUs: only those lists it may extend. `now`: seconds UTC. */
export function placesLearner(now: () => number): PlacesLearner {
  const learning = new Set<string>();
  return ({ tables }, { key, job }) => {
    const first = tables.reduce((least, { t }) => Math.min(least, t[0] ?? least), now());
    const nodes = new Set(job?.nodes);
    const gpus = new Map((job?.gpus ?? []).map((gpu) => [gpu.uuid, gpu.node]));
    const before = nodes.size + gpus.size;
    for (const { entity } of tables) {
      if (entity.node === undefined) continue;
      nodes.add(entity.node);
      const place = `${jobName(key)}@${entity.node}`;
      if (entity.kind !== 'gpu' || gpus.has(entity.id)) continue;
      // Where somebody listed the job's GPUs on this node, the list stands; where nobody did, what the job's tools show is it.
      const listed = (job?.gpus ?? []).some((gpu) => gpu.node === null || gpu.node === entity.node);
      if (listed && !learning.has(place)) continue;
      learning.add(place);
      if (learning.size > MOST_LEARNING) for (const oldest of learning) if (learning.delete(oldest)) break;
      gpus.set(entity.id, entity.node);
    }
    const size = Math.min(nodes.size, MOST_OF_JOB.nodes) + Math.min(gpus.size, MOST_OF_JOB.gpus);
    if (job !== undefined && size <= before) return null;
    return {
      nodes: [...nodes].slice(0, MOST_OF_JOB.nodes),
      gpus: [...gpus].slice(0, MOST_OF_JOB.gpus).map(([uuid, node]) => (node === null ? { uuid } : { uuid, node })),
      ...(job === undefined ? { state: 'running' as const, start: first } : {}),
    };
  };
}

/** The intake with the facts that tie its engines and processes to the job (`cluster/id`) that it names, as far as they are new. */
export function withClaims(intake: Intake, index: Pick<JobIndex, 'claim' | 'claimOf'>, job: string): Intake {
  const claims = new Map<string, Fact>();
  for (const { entity } of intake.tables) {
    if (entity.kind !== 'engine' && entity.kind !== 'process') continue;
    if (index.claimOf(entity) === job) continue;
    index.claim(entity, job);
    claims.set(`${entity.kind}:${entity.id}`, { entity, name: 'job', value: job });
  }
  return claims.size === 0 ? intake : { ...intake, facts: [...intake.facts, ...claims.values()] };
}
