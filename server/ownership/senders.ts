import { type Bound, JOB_BOUNDS } from '../settings/index.ts';
import type { Job, JobDeclaration } from '../../core/contract/index.ts';
import type { EntityRef, Intake } from '../../core/readings/index.ts';
import type { Sender } from '../auth/index.ts';
import { Problem } from '../http/index.ts';
import type { JobKey } from '../store/index.ts';
import { foreignRules } from './foreign.ts';
import type { JobIndex } from './job-index.ts';
import { jobName } from './job-name.ts';
import type { Speaking } from './speaking.ts';
import { checkTimes } from './times.ts';
import type { Whereabouts } from './whereabouts.ts';

/** Seconds after which one more job may be asked for again. */
const JOBS_LATER = 600;

/** What a batch or stream says of itself. */
export type Head = Pick<Intake, 'node' | 'job'>;

/** One batch's, or one stream's, way in. */
export interface Door {
  /** Takes the head: what the token says and the sender left out is added. Throws a Problem (403) for another's node or job. */
  enter(head: Head, where: 'body' | 'query'): Head;
  /** Why readings of this entity (`t`: their times as sent), or what is said of it, are not this sender's to send; null where they are. */
  foreign(entity: EntityRef, t?: ArrayLike<unknown>): string | null;
  /** Resolves when what the first use decided is on disk. */
  kept(): Promise<void>;
}

export interface Senders {
  door(sender: Sender): Door;
  /** Refuses (Problem) to name a known job in a batch that is not the sender's. */
  mayName(sender: Sender, job: Job, named: { readonly node: string | undefined; readonly streamed: boolean }): void;
  /** Refuses (Problem) a declaration that is not the sender's to make. Resolves when what its first use decided is on disk. */
  mayDeclare(sender: Sender, asked: Declared): Promise<void>;
  /** Refuses (Problem) one more job, or more of its nodes and GPUs, where as many are known as may be. */
  mayAdd(before: Job | undefined, declaration: Pick<JobDeclaration, 'nodes' | 'gpus'>): void;
  /** How many jobs one node's token may have named first, and what refuses one more (Problem). */
  readonly ofToken: { readonly most: number; readonly refuse: () => never };
}

interface Declared {
  readonly key: JobKey;
  readonly declaration: JobDeclaration;
  readonly before: Job | undefined;
  /** True where only its stream said that the job is there, and nobody when it ends. */
  readonly streamed: boolean;
}

export interface SendersOptions {
  readonly index: Pick<JobIndex, 'candidates' | 'claimOf' | 'get' | 'size'>;
  /** Where a thing was heard last; null where it was not. */
  readonly placeOf: (entity: EntityRef) => Whereabouts | null;
  /** The nodes that have agents of their own. */
  readonly agents: Pick<Speaking, 'heard' | 'lastOf'>;
  readonly keyOf: (text: string) => JobKey;
  readonly mostJobs: { readonly all: number; readonly perToken: number };
  readonly log: { warn(about: object, text: string): void };
  /** Seconds UTC. */
  readonly now: () => number;
}

/** Who may send what: a program with a token of one node or job writes of that one only. Everybody else who may write at all, of everything. */
export function openSenders({ index, placeOf, agents, keyOf, mostJobs, log, now }: SendersOptions): Senders {
  const foreign = foreignRules({ index, placeOf, agentOf: (node) => agents.lastOf(node), now });
  const { elsewhere } = foreign;

  const tooMany = ({ name, setting }: Bound, value: number): never => {
    log.warn({ limit: name }, 'a sender met a limit');
    throw new Problem(
      429,
      {
        error: `the limit “${name}” (${value}) is reached`,
        where: 'body',
        remedy: `declare the end of jobs that have ended, and send it again later${setting === null ? '' : `; whoever runs the server may raise ${setting}`}`,
      },
      JOBS_LATER,
    );
  };
  /** Refuses what a job's token claims for its job beyond what is known of it already. */
  const jobClaims = (key: JobKey, declaration: JobDeclaration, before: Job | undefined): void => {
    const [from, to] = [
      declaration.start ?? before?.start ?? now(),
      (declaration.end === undefined ? before?.end : declaration.end) ?? Number.POSITIVE_INFINITY,
    ];
    const longer = before === undefined || before.start === null || from < before.start || to > (before.end ?? Number.POSITIVE_INFINITY);
    const gpus = (declaration.gpus ?? before?.gpus ?? []).map(({ uuid, node }) => ({ uuid, node: node ?? undefined }));
    for (const [number, gpu] of gpus.entries()) {
      const fresh = longer || !before.gpus.some(({ uuid }) => uuid === gpu.uuid);
      const error = foreign.card(gpu, key, { from, to, fresh });
      if (error !== null) throw refusal({ error, where: `body/gpus/${number}`, remedy: 'name the job’s own GPUs, each with its node' });
    }
    for (const [number, node] of (declaration.nodes ?? before?.nodes ?? []).entries()) {
      if (!longer && before.nodes.includes(node)) continue;
      const cards = gpus.flatMap((gpu) => (gpu.node === node ? [gpu.uuid] : []));
      const error = foreign.crowded(node, key, { from, to, cards });
      if (error !== null) throw refusal({ error, where: `body/nodes/${number}`, remedy: 'name the job’s own nodes and GPUs, and when it began' });
    }
  };

  return {
    door(sender) {
      let node = sender.kind === 'node' ? sender.node : null;
      const writing: Promise<void>[] = [];
      const bound = (to: string): string => {
        if (node !== null || sender.kind !== 'node') return node ?? to;
        const binding = sender.bind(to);
        writing.push(binding.kept);
        binding.kept.catch(() => undefined); // `kept` gives the failure to who waits for it
        return (node = binding.node);
      };
      return {
        enter(head, where) {
          if (sender.kind === 'nobody') throw refusal({ error: 'this caller sends nothing', where, remedy: 'use a token of a node or a job' });
          if (sender.kind === 'job') {
            const own = jobName(sender);
            if (head.job === undefined || jobName(keyOf(head.job)) === own) return { ...head, job: own };
            throw refusal({ error: `the token is of job ${own}, and this is of job ${head.job}`, where: `${where}/job`, remedy: howTo('--job CLUSTER/ID') });
          }
          if (sender.kind !== 'node') return head;
          const own = head.node === undefined ? node : bound(head.node);
          if (own === null || head.node === own) return head;
          if (head.node === undefined) return { ...head, node: own };
          throw refusal({
            error: `the token is of node ${own}, and this is of node ${head.node}`,
            where: `${where}/node`,
            remedy: howTo(`--node ${head.node}`),
          });
        },
        foreign(entity, t) {
          if (sender.kind === 'job') return foreign.toJob(entity, sender, t);
          const place = entity.kind === 'host' ? entity.id : entity.node;
          const reason =
            sender.kind !== 'node' ? null : place === undefined && node === null ? 'of which node? Name it' : foreign.toNode(entity, bound(place ?? ''), t);
          if (reason === null && entity.kind === 'host') agents.heard(entity.id);
          return reason;
        },
        async kept() {
          await Promise.all(writing);
        },
      };
    },

    mayAdd(before, { nodes = before?.nodes ?? [], gpus = before?.gpus ?? [] }) {
      const { jobs, places } = index.size();
      const grows = nodes.length + gpus.length - (before === undefined ? 0 : before.nodes.length + before.gpus.length);
      const bound =
        before === undefined && jobs >= mostJobs.all ? JOB_BOUNDS.jobs : grows > 0 && places + grows > JOB_BOUNDS.places.value ? JOB_BOUNDS.places : null;
      if (bound === null) return;
      tooMany(bound, bound === JOB_BOUNDS.jobs ? mostJobs.all : bound.value);
    },
    ofToken: { most: mostJobs.perToken, refuse: () => tooMany(JOB_BOUNDS.perToken, mostJobs.perToken) },

    mayName(sender, job, { node, streamed }) {
      if (sender.kind !== 'node' || streamed || job.nodes.length === 0) return;
      const own = sender.node ?? node; // bound by this batch, where it was not
      if (own !== undefined && !job.nodes.includes(own)) {
        throw refusal({
          error: `job ${jobName(job)} does not run on node ${own}`,
          where: 'body/job',
          remedy: `declare the job with this node first, or ${howTo(`--job ${jobName(job)}`)}`,
        });
      }
    },

    async mayDeclare(sender, { key, declaration, before, streamed }) {
      if (sender.kind === 'system') return;
      checkTimes(declaration, before, now());
      if (declaration.demo === true) {
        throw new Problem(400, { error: 'only a demo has pretended jobs', where: 'body/demo', remedy: 'leave it out; headroom serve --demo plays a demo' });
      }
      if (sender.kind === 'local') return;
      const name = jobName(key);
      if (sender.kind === 'nobody' || (sender.kind === 'job' && jobName(sender) !== name)) {
        throw refusal({ error: `this token may not declare job ${key.id} of cluster ${key.cluster}`, where: 'path', remedy: howTo(`--job ${name}`) });
      }
      if (before !== undefined && before.end !== null && before.end <= now() && !streamed && changes(declaration, before)) {
        throw new Problem(409, {
          error: `job ${name} has ended, and what is known of it stays`,
          where: 'path',
          remedy: 'a person at the page, or a token of scope admin, may still correct it',
        });
      }
      const gpus = declaration.gpus ?? [];
      if (sender.kind === 'job') {
        jobClaims(key, declaration, before);
        return;
      }
      const placed = gpus.map(({ uuid, node }) => ({ uuid, node: node ?? placeOf({ kind: 'gpu', id: uuid })?.node ?? null }));
      const places = [...new Set([...(declaration.nodes ?? []), ...placed.flatMap(({ node }) => node ?? [])])];
      const [only] = places;
      if (sender.node === null && (only === undefined || places.length > 1)) {
        throw refusal({
          error: 'the token belongs to no node yet, and the job to none or several',
          where: 'body/nodes',
          remedy: `send this node’s readings first; for a job on several nodes ${howTo(`--job ${name}`)}`,
        });
      }
      const binding = sender.node === null && only !== undefined ? sender.bind(only) : { node: sender.node ?? '', kept: Promise.resolve() };
      const own = binding.node;
      const others = (list: readonly string[]): string => JSON.stringify([...new Set(list)].filter((node) => node !== own).sort());
      const theirs = (list: readonly { uuid: string; node: string | null }[]): string =>
        JSON.stringify(list.flatMap(({ uuid, node }) => (node === own || (node === null && elsewhere(uuid, own) === null) ? [] : [uuid])).sort());
      const wrong =
        before !== undefined && before.nodes.length > 0 && !before.nodes.includes(own) && !streamed
          ? 'path'
          : declaration.nodes !== undefined && others(declaration.nodes) !== others(before?.nodes ?? [])
            ? 'body/nodes'
            : declaration.gpus !== undefined &&
                (theirs(placed) !== theirs(before?.gpus ?? []) || placed.some(({ uuid, node }) => node === own && elsewhere(uuid, own) !== null))
              ? 'body/gpus'
              : null;
      if (wrong !== null) {
        throw refusal({
          error: `the token is of node ${own}: it says nothing of other nodes and their GPUs`,
          where: wrong,
          remedy: `name this node and its GPUs only; for a job on several nodes ${howTo(`--job ${name}`)}`,
        });
      }
      await binding.kept;
    },
  };
}

function refusal(reply: { error: string; where: string; remedy: string }): Problem {
  return new Problem(403, reply);
}

function howTo(flag: string): string {
  return `use a token that was issued for it: headroom token issue NAME ${flag}`;
}

/** True where a declaration says anything else than what is known. */
function changes(declaration: JobDeclaration, before: Job): boolean {
  const known: Readonly<Record<string, unknown>> = { ...before, gpus: before.gpus.map(({ uuid, node }) => (node === null ? { uuid } : { uuid, node })) };
  return Object.entries(declaration).some(([name, value]) => JSON.stringify(value) !== JSON.stringify(known[name]));
}
