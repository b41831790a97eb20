import type { Logger } from 'pino';
import type { IngestBatch } from '../core/contract/ingest.ts';
import { openAnalyses } from './analysis/analyses.ts';
import type { Analyses } from './analysis/types.ts';
import type { Config } from './config.ts';
import { openPressure, ownLoad, type Pressure } from './http/pressure.ts';
import { ingestInto, type Ingest } from './ingest/ingest.ts';
import { openStreams, type Streams } from './ingest/raw/streams.ts';
import { blockOf } from './jobs/attribute.ts';
import { newsByJob } from './jobs/news.ts';
import { jobIndex, type JobIndex } from './jobs/index.ts';
import { openJobs, type Jobs } from './jobs/jobs.ts';
import { jobRoom, nodeRoom, openHub, type Hub } from './live/hub.ts';
import { nodeRegistry, type NodeRegistry } from './nodes/registry.ts';
import { readSite } from './site.ts';
import type { Site } from '../core/site.ts';
import type { Store } from './store/types.ts';
import { packageVersion } from './version.ts';

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
  readonly streams: Streams;
  readonly ingest: Ingest;
  readonly pressure: Pressure;
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
  const analyses = openAnalyses({ store, index, hub, log, now, named: (uuid) => (nodes.gpu(uuid)?.name ?? null) !== null });
  const jobs = openJobs({ store, index, cluster: config.cluster, now, changed: (job, before) => analyses.changed(job, before) });
  const stored = (batch: IngestBatch) => {
    nodes.take(batch);
    for (const { job, news } of newsByJob(index, batch)) {
      analyses.feed(job, news);
      for (const part of news.parts) hub.readings(jobRoom(job), blockOf(part));
    }
    for (const block of batch.blocks) if (block.entity.node !== undefined) hub.readings(nodeRoom(block.entity.node), block);
  };
  const ingest = ingestInto({ series: store.series, rawDays: config.rawDays, now, prepare: (batch) => jobs.prepare(batch), stored });

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
    streams: openStreams(MOST_STREAMS),
    ingest,
    pressure: openPressure({ limits: config.limits, log, look: ownLoad() }),
  };
}
