import type { Job } from '../../core/contract/index.ts';
import { type EntityRef, nodeInName } from '../../core/readings/index.ts';
import type { JobKey } from '../store/index.ts';
import { type JobIndex, runsAt } from './job-index.ts';
import { jobName } from './job-name.ts';
import { LATE } from './late.ts';
import type { Span } from './spans.ts';
import type { Whereabouts } from './whereabouts.ts';

/** A thing is where it was heard last; after this long without a reading there, another node may say that it has it now. Seconds. */
const MOVED = 3_600;
/** A node speaks for itself while its own agent was heard so lately, seconds. */
const SPEAKS = 900;

export interface ForeignOptions {
  readonly index: Pick<JobIndex, 'candidates' | 'claimOf' | 'get'>;
  /** Where a thing was heard last; null where it was not. */
  readonly placeOf: (entity: EntityRef) => Whereabouts | null;
  /** When a node's own agent was heard last, seconds UTC; null where it has none. */
  readonly agentOf: (node: string) => number | null;
  /** Seconds UTC. */
  readonly now: () => number;
}

/** Why things are not a sender's, in words; null where they are. */
export interface Foreign {
  /** `t`: the times of the readings, as sent; left out for what has none. */
  toNode(entity: EntityRef, own: string, t: ArrayLike<unknown> | undefined): string | null;
  toJob(entity: EntityRef, own: JobKey, t: ArrayLike<unknown> | undefined): string | null;
  /** The other node that has a card; null where none was heard with it lately. */
  elsewhere(uuid: string, node: string | undefined): string | null;
  /** What of a job's claim of a card (`fresh`) over a time is another's. */
  card(gpu: { readonly uuid: string; readonly node: string | undefined }, own: JobKey, claim: Span & { readonly fresh: boolean }): string | null;
  /** Why a job's token may not put its job on a node over a time. `cards`: those of the node that the job lists. */
  crowded(node: string, own: JobKey, claim: Span & { readonly cards: readonly string[] }): string | null;
}

/** The rules of whose a thing is, as far as it is known where it was heard and who held it. */
export function foreignRules({ index, placeOf, agentOf, now }: ForeignOptions): Foreign {
  /** The other node that a thing is of: one that was heard with it lately, or had it at one of these times. */
  const otherPlace = (entity: EntityRef, node: string | undefined, t?: ArrayLike<unknown>): string | null => {
    const place = placeOf(entity);
    if (place === null || node === undefined) return null;
    const first = firstOf(t);
    if (place.node !== node) return now() - place.at <= MOVED || (first !== null && first <= place.at) ? place.node : null;
    return place.since !== null && first !== null && first <= place.since ? 'before this one' : null;
  };
  const listing = (uuid: string): readonly Job[] => index.candidates({ kind: 'gpu', id: uuid }).filter(({ gpus }) => gpus.some((gpu) => gpu.uuid === uuid));
  /** The other job that lists a card within a time; null where none does. */
  const holderOver = (uuid: string, own: JobKey, { from, to }: Span): Job | null =>
    listing(uuid).find((job) => jobName(job) !== jobName(own) && job.start !== null && job.start < to && (job.end ?? Number.POSITIVE_INFINITY) > from) ?? null;
  /** The same at one of the times of a block, except those at which the job itself has the card. */
  const holderAt = (uuid: string, own: JobKey, times: readonly number[]): Job | null => {
    const all = listing(uuid);
    const mine = all.find((job) => jobName(job) === jobName(own));
    const others = all.filter((job) => job !== mine);
    if (others.length === 0) return null;
    for (const at of times) {
      if (mine !== undefined && runsAt(mine, at)) continue;
      const other = others.find((job) => runsAt(job, at));
      if (other !== undefined) return other;
    }
    return null;
  };

  const crowded: Foreign['crowded'] = (node, own, { from, to, cards }) => {
    if (agentOf(node) === null) return null;
    if (from < now() - LATE) return `who was on node ${node} more than ${LATE / 86_400} days ago is not remembered`;
    if (cards.length > 0 && cards.every((uuid) => placeOf({ kind: 'gpu', id: uuid })?.node === node)) return null;
    const other = index
      .candidates({ kind: 'host', id: node, node })
      .find((job) => jobName(job) !== jobName(own) && job.start !== null && job.start < to && (job.end ?? Number.POSITIVE_INFINITY) > from);
    return other === undefined ? null : `job ${jobName(other)} is on node ${node} then: name the GPUs there that are the job’s own`;
  };

  const cardOfOther = (uuid: string, own: JobKey, t: ArrayLike<unknown> | undefined): string | null => {
    const times = timesOf(t);
    const first = firstOf(t) ?? now();
    if (first < now() - LATE) return `who held this GPU more than ${LATE / 86_400} days ago is not remembered: a job’s token does not say it any more`;
    const job = index.get(own);
    // Whoever does not list it yet will, for all of its time.
    const claimed = job === undefined || job.start === null || job.gpus.some((gpu) => gpu.uuid === uuid) ? null : spanOf(job, first);
    const other = holderAt(uuid, own, times.length === 0 ? [now()] : times) ?? (claimed === null ? null : holderOver(uuid, own, claimed));
    return other === null ? null : `job ${jobName(other)} holds this GPU: a token of job ${jobName(own)} sends its own only`;
  };

  return {
    crowded,
    elsewhere: (uuid, node) => otherPlace({ kind: 'gpu', id: uuid }, node),
    card({ uuid, node }, own, { fresh, ...span }) {
      const other = fresh ? holderOver(uuid, own, span) : holderAt(uuid, own, [now()]);
      const place = otherPlace({ kind: 'gpu', id: uuid }, node);
      return other !== null ? `job ${jobName(other)} holds GPU ${uuid}` : place !== null ? `GPU ${uuid} is in node ${place}` : null;
    },
    toNode(entity, own, t) {
      const { kind } = entity;
      const named = nodeInName(entity);
      const said = kind === 'host' ? named : entity.node;
      if (said !== null && said !== undefined && said !== own) return `the token is of node ${own}, and this is of node ${said}: use a token of that node`;
      if (named !== null && named !== own) return `a process of node ${own} is called ${own}/PID`;
      const other = otherPlace(entity, own, t);
      return other === null ? null : `node ${other} sends this ${NAMES[kind]}: where it was moved, end the agent there and send again after an hour`;
    },
    toJob(entity, own, t) {
      const { kind, id } = entity;
      const named = nodeInName(entity);
      if (kind === 'process' && (named === '' || (named !== null && entity.node !== undefined && named !== entity.node)))
        return `a process is called NODE/PID, by the node that it is on`;
      const place = otherPlace(entity, entity.node, t);
      if (kind === 'gpu') {
        const other = cardOfOther(id, own, t);
        if (other !== null) return other;
      }
      if (place !== null) return `node ${place} has this ${NAMES[kind]}: name the node that it is in`;
      const node = named ?? entity.node ?? placeOf(entity)?.node;
      const spoke = node === undefined ? null : agentOf(node);
      if (node !== undefined && spoke !== null) {
        if (kind !== 'engine' && (firstOf(t) ?? now()) < spoke + SPEAKS) return `node ${node} has an agent of its own, which says this`;
        const job = index.get(own);
        const stands = job?.nodes.includes(node) === true;
        const cards = (job?.gpus ?? []).flatMap((gpu) => (gpu.node === node ? [gpu.uuid] : []));
        const reason = stands ? null : crowded(node, own, { ...spanOf(job, firstOf(t) ?? now()), cards });
        if (reason !== null) return `${reason}; declare the job with this node first`;
      }
      if (kind === 'host' || kind === 'gpu') return null;
      const claim = index.claimOf(entity);
      const claimant = index.candidates(entity).find((job) => jobName(job) === claim && job.end === null);
      return claimant === undefined || claim === jobName(own) ? null : `this ${kind} is of job ${claim}: a token of job ${jobName(own)} sends its own only`;
    },
  };
}

const NAMES = { gpu: 'GPU', host: 'host', engine: 'engine', process: 'process' } as const;

/** From a job's start, or where that is not known from this time on (seconds UTC), up to its end. */
function spanOf(job: Job | undefined, otherwise: number): Span {
  return { from: job?.start ?? otherwise, to: job?.end ?? Number.POSITIVE_INFINITY };
}

function timesOf(t: ArrayLike<unknown> | undefined): number[] {
  return t === undefined ? [] : Array.from(t).filter((at) => typeof at === 'number');
}

/** The earliest time of a block, in whatever order it was sent; null where there is none. */
function firstOf(t: ArrayLike<unknown> | undefined): number | null {
  let first: number | null = null;
  for (let row = 0; row < (t?.length ?? 0); row += 1) {
    const at = t?.[row];
    if (typeof at === 'number' && Number.isFinite(at) && (first === null || at < first)) first = at;
  }
  return first;
}
