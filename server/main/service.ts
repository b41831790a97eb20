import type { Logger } from 'pino';
import { blockFromTable, type Intake, type Table } from '../../core/readings/index.ts';
import { type Analyses, type Audience, openAnalyses } from '../analysis/index.ts';
import { openAnswers, type Answers } from '../answers/index.ts';
import { type Config, packageVersion, readSite } from '../settings/index.ts';
import { type Ingest, ingestInto, openStreams, type Streams } from '../ingest/index.ts';
import { deliveriesByJob, jobIndex, type JobIndex } from '../ownership/index.ts';
import { openJobs, type Jobs } from '../jobs/index.ts';
import { jobRoom, nodeRoom, openHub, OVERVIEW_ROOM, type Hub } from '../live/index.ts';
import { nodeRegistry, type NodeRegistry } from '../nodes/index.ts';
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
  readonly nodes: NodeRegistry;
  readonly hub: Hub;
  readonly analyses: Analyses;
  readonly answers: Answers;
  readonly streams: Streams;
  readonly ingest: Ingest;
}

export interface ServiceOptions {
  readonly config: Config;
  readonly store: Store;
  readonly demo: boolean;
  readonly log: Logger;
  readonly now: () => number;
}

const MOST_STREAMS = 2_000;

/** Wires ingest, jobs, analysis and live together over an open store, and reads back what ran before. */
export async function openService({ config, store, demo, log, now }: ServiceOptions): Promise<Service> {
  const site = readSite(config.site);
  const index = jobIndex();
  const nodes = nodeRegistry();
  const hub = openHub();
  const audience: Audience = {
    watchesJob: (key) => hub.watched(jobRoom(key)),
    watchesOverview: () => hub.watched(OVERVIEW_ROOM),
    verdict: hub.verdict,
    row: hub.row,
  };
  const analyses = openAnalyses({ store, index, audience, log, now, named: (uuid) => (nodes.gpu(uuid)?.name ?? null) !== null });
  const jobs = openJobs({ store, index, cluster: config.cluster, now, changed: (job, before) => analyses.changed(job, before) });
  // Tables become blocks where they leave the process, and only for those who watch.
  const show = (room: string, tables: readonly Table[]) => {
    if (hub.watched(room)) for (const table of tables) hub.readings(room, blockFromTable(table));
  };
  const stored = (intake: Intake) => {
    nodes.take(intake);
    for (const { job, delivery } of deliveriesByJob(index, intake)) {
      analyses.feed(job, delivery);
      show(jobRoom(job), delivery.tables);
    }
    for (const table of intake.tables) if (table.entity.node !== undefined) show(nodeRoom(table.entity.node), [table]);
  };
  const ingest = ingestInto({ series: store.series, rawDays: config.rawDays, now, prepare: (intake) => jobs.prepare(intake), stored });

  await jobs.load(now());
  for (const row of await store.facts.nodes({ kind: 'system' })) nodes.restore(row);
  await analyses.restore();
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
    nodes,
    hub,
    analyses,
    answers: openAnswers({ store, index, nodes, analyses, demo, now }),
    streams: openStreams(MOST_STREAMS),
    ingest,
  };
}
