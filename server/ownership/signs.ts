import { OWNERSHIP_BOUNDS } from '../settings/index.ts';
import type { Job } from '../../core/contract/index.ts';
import { entityMap, type EntityRef, type Fact } from '../../core/readings/index.ts';
import { jobName } from './job-name.ts';

/** Entities remembered at most; the oldest of the kind that has most are forgotten first, and are nobody's again where jobs share their node. */
const MOST = OWNERSHIP_BOUNDS.signs.value;

/** What facts say of whose an engine or process is. */
interface Sign {
  /** `cluster/id`: a batch that named its job spoke of it. */
  job?: string;
  /** The UUID of the GPU that it works on. */
  gpu?: string;
  /** Who started it. */
  user?: string;
}

/** What is known of whose engines and processes are, where several jobs share their node. */
export interface Signs {
  claim(entity: EntityRef, job: string): void;
  claimOf(entity: EntityRef): string | undefined;
  /** Takes up what facts say of it: `job`, `gpu` and `user`. */
  learn(facts: Iterable<Fact>): void;
  /** The one of these jobs whose the entity provably is; null where nothing proves it. `holds`: whether a job holds a GPU then. */
  ownerAmong(jobs: readonly Job[], entity: EntityRef, holds: (job: Job, gpu: string) => boolean): Job | null;
}

/** Nothing known yet. */
export function newSigns(): Signs {
  const signs = entityMap<Sign>(MOST);
  const signOf = (entity: EntityRef): Sign => {
    const known = signs.get(entity);
    if (known !== undefined) return known;
    const sign: Sign = {};
    signs.set(entity, sign);
    return sign;
  };
  return {
    claim: (entity, job) => void (signOf(entity).job = job),
    claimOf: (entity) => signs.get(entity)?.job,
    learn(facts) {
      for (const { entity, name, value } of facts) {
        if (entity.kind !== 'engine' && entity.kind !== 'process') continue;
        if (name === 'job' || name === 'gpu' || name === 'user') signOf(entity)[name] = value;
      }
    },
    ownerAmong(jobs, entity, holds) {
      const sign = signs.get(entity);
      if (sign === undefined) return null;
      const claimed = jobs.find((job) => jobName(job) === sign.job);
      if (claimed !== undefined) return claimed;
      const { gpu, user } = sign;
      const onGpu = gpu === undefined ? [] : jobs.filter((job) => holds(job, gpu));
      if (onGpu.length > 0) return theOnly(onGpu);
      // A job that does not say whose it is could be this user's too.
      return user === undefined
        ? null
        : theOnly(
            jobs.filter((job) => job.user === user || job.user === null),
            user,
          );
    },
  };
}

function theOnly(jobs: readonly Job[], user?: string): Job | null {
  const [only] = jobs;
  return only === undefined || jobs.length > 1 || (user !== undefined && only.user !== user) ? null : only;
}
