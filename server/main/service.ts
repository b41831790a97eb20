import { openPressure, ownLoad, type Pressure } from '../http/index.ts';
import type { Logger } from 'pino';
import type { Sender } from '../auth/index.ts';
import { ENTITY_KINDS, type Intake } from '../../core/readings/index.ts';
import { type Analyses, type Audience, openAnalyses } from '../analysis/index.ts';
import { openAnswers, type Answers } from '../answers/index.ts';
import { type Config, packageVersion } from '../settings/index.ts';
import { readSite } from '../site/index.ts';
import { type Ingest, ingestInto, openParsers, openQuota, openStreams, type Parsers, type Quota, type Streams } from '../ingest/index.ts';
import { deliveriesByJob, jobIndex, type JobIndex, openSenders, openSpeaking, placesOfThings, type Senders } from '../ownership/index.ts';
import { keyIn, openJobs, type Jobs } from '../jobs/index.ts';
import { jobRoom, openHub, tellReadings, type Hub } from '../live/index.ts';
import { nodeRegistry, type NodeRegistry } from '../nodes/index.ts';
import { sweep } from '../threads/index.ts';
import type { Site } from '../../core/knowledge/index.ts';
import type { Store } from '../store/index.ts';

/** Everything behind the HTTP side: one of each, wired together. */
export interface Service {
  readonly config: Config;
  readonly store: Store;
  readonly demo: boolean;
  readonly version: string;
  readonly site: Site;
  /** Seconds UTC. */
  readonly now: () => number;
  readonly started: number;
  readonly log: Logger;
  readonly index: JobIndex;
  readonly jobs: Jobs;
  readonly senders: Senders;
  readonly nodes: NodeRegistry;
  readonly hub: Hub;
  readonly analyses: Analyses;
  readonly answers: Answers;
  readonly streams: Streams;
  readonly parsers: Parsers;
  readonly ingest: Ingest;
  readonly quota: Quota;
  readonly pressure: Pressure;
}

export interface ServiceOptions {
  readonly config: Config;
  readonly store: Store;
  readonly demo: boolean;
  readonly log: Logger;
  readonly now: () => number;
}

/** Measured things whose reading at the start leaves so much behind that it is swept at once. */
const MANY = 20_000;

/** Wires ingest, jobs, analysis and live together over an open store, and reads back what ran before. */
export async function openService({ config, store, demo, log, now }: ServiceOptions): Promise<Service> {
  const site = readSite(config.site);
  const index = jobIndex();
  const nodes = nodeRegistry();
  const hub = openHub();
  const audience: Audience = {
    watchesJob: (key) => hub.watched(jobRoom(key)),
    watchesRow: hub.watchesRow,
    verdict: hub.verdict,
    row: hub.row,
  };
  const analyses = openAnalyses({ store, index, audience, log, now, site, named: (uuid) => (nodes.gpu(uuid)?.name ?? null) !== null });
  const things = placesOfThings();
  const agents = openSpeaking({ store, now, failed: (error) => log.warn({ err: error }, 'which nodes have agents could not be written down') });
  const senders = openSenders({ index, placeOf: things.placeOf, agents, keyOf: (text) => keyIn(config.cluster, text), mostJobs: config.limits.jobs, log, now });
  const jobs = openJobs({ store, index, senders, cluster: config.cluster, now, changed: (job, before) => analyses.changed(job, before) });
  const stored = (intake: Intake) => {
    nodes.take(intake);
    things.take(intake, now());
    const deliveries = deliveriesByJob(index, intake, now());
    for (const { job, delivery } of deliveries) analyses.feed(job, delivery);
    tellReadings(hub, intake, deliveries);
  };
  const quota = openQuota({ bounds: config.intake, now, log });
  const counted = async (): Promise<number> => {
    const known = await store.series.known();
    quota.restore(known, await store.facts.known());
    return ENTITY_KINDS.reduce((sum, kind) => sum + known[kind].length, 0);
  };
  const placed = async (): Promise<void> => {
    for (const { entity, last } of await store.series.places()) things.restore(entity, last);
  };
  const listed = async (after: Promise<void>): Promise<void> => {
    const rows = await store.facts.nodes();
    await after;
    for (const row of rows) {
      nodes.restore(row);
      for (const { uuid } of row.gpus) {
        const gpu = { kind: 'gpu', id: uuid, node: row.node } as const;
        if (row.lastReadingAt !== null && things.placeOf(gpu) === null) things.restore(gpu, row.lastReadingAt); // only facts name it so far
      }
    }
  };
  const prepare = (intake: Intake, sender: Sender): Promise<Intake> => jobs.prepare(intake, sender);
  const ingest = ingestInto({ quota, series: store.series, rawDays: config.rawDays, now, senders, prepare, stored });

  await jobs.load(now());
  // Asked at once: the store's threads go on to the next while this one takes up what came.
  const where = placed();
  const [measured] = await Promise.all([counted(), where, listed(where)]);
  await agents.load((node) => nodes.get(node)?.at ?? null);
  await analyses.restore();
  if (measured > MANY) {
    const others = store.sweep();
    sweep();
    await others;
  }
  return {
    config,
    store,
    demo,
    version: packageVersion(),
    site,
    now,
    started: now(),
    log,
    index,
    jobs,
    senders,
    nodes,
    hub,
    analyses,
    answers: openAnswers({ store, index, nodes, analyses, site, demo, now }),
    streams: openStreams(config.limits.streams),
    parsers: openParsers(),
    ingest,
    quota,
    pressure: openPressure({ limits: config.limits, log, look: ownLoad() }),
  };
}
