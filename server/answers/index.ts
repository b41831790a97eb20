import type {
  Analysis,
  FindingsReply,
  JobDetail,
  JobRow,
  JobsPage,
  JobsQuery,
  LiveVerdict,
  NodeDetail,
  NodesQuery,
  NodesReply,
  Overview,
  DrawnReply,
  WatchTarget,
} from '../../core/contract/index.ts';
import type { Viewer } from '../auth/index.ts';
import { maySee } from '../ownership/index.ts';
import type { JobKey } from '../store/index.ts';
import { jobAnalysis, jobDetail, jobSeries, listJobs } from './jobs.ts';
import { listNodes, nodeDetail, nodeSeries } from './nodes.ts';
import { findingsOf, overviewOf } from './overview.ts';
import type { AnswerParts } from './parts.ts';
import type { SeriesQuestion } from './series.ts';
import { refusalOf } from './watching.ts';

/** All that routes and sockets may know of jobs and nodes. Each asks who looks first; what is not there, or not theirs, is a Problem (404). */
export interface Answers {
  jobs(viewer: Viewer, query: JobsQuery): Promise<JobsPage>;
  job(viewer: Viewer, key: JobKey): Promise<JobDetail>;
  analysis(viewer: Viewer, key: JobKey): Promise<Analysis>;
  series(viewer: Viewer, key: JobKey, query: SeriesQuestion): Promise<DrawnReply>;
  nodes(viewer: Viewer, query: NodesQuery): NodesReply;
  node(viewer: Viewer, name: string): Promise<NodeDetail>;
  nodeSeries(viewer: Viewer, name: string, query: SeriesQuestion): Promise<DrawnReply>;
  overview(viewer: Viewer): Promise<Overview>;
  /** Rows of running jobs that changed at or after a time, seconds UTC. */
  rowsSince(viewer: Viewer, since: number): JobRow[];
  findings(viewer: Viewer, query: { readonly since?: number | undefined }): Promise<FindingsReply>;
  /** What somebody who begins to watch a running job is told first; null where it is not followed. */
  verdict(viewer: Viewer, key: JobKey): LiveVerdict | null;
  /** Null where a viewer may watch that live, else why not, in words. */
  refusal(viewer: Viewer, target: WatchTarget): Promise<string | null>;
}

/** The answers over open parts of the service. */
export function openAnswers(parts: AnswerParts): Answers {
  return {
    jobs: (viewer, query) => listJobs(parts, viewer, query),
    job: (viewer, key) => jobDetail(parts, viewer, key),
    analysis: (viewer, key) => jobAnalysis(parts, viewer, key),
    series: (viewer, key, query) => jobSeries(parts, viewer, { key, query }),
    nodes: (viewer, query) => listNodes(parts, viewer, query),
    node: (viewer, name) => nodeDetail(parts, viewer, name),
    nodeSeries: (viewer, name, query) => nodeSeries(parts, viewer, { name, query }),
    overview: (viewer) => overviewOf(parts, viewer),
    rowsSince: (viewer, since) => parts.analyses.changedSince(since).filter(({ job }) => maySee(viewer, job)),
    findings: (viewer, query) => findingsOf(parts, viewer, query),
    verdict: (viewer, key) => (maySee(viewer, key) ? parts.analyses.watched(key) : null),
    refusal: (viewer, target) => refusalOf(parts, viewer, target),
  };
}
