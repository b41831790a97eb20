export { type ErrorReply, ErrorReplySchema } from './error.ts';
export { FINDING_LABELS, type FindingId } from './finding-labels.ts';
export { answerOf, headedBy, headline, markedTime, markOf, ribbonPart } from './headline.ts';
export { EntitySchema, type IngestBatch, IngestBatchSchema, type IngestReply, IngestReplySchema, WireEventSchema, WireFactSchema } from './ingest.ts';
export {
  type FindingsReply,
  FindingsReplySchema,
  type Job,
  type JobDeclaration,
  JobDeclarationSchema,
  type JobDetail,
  JobDetailSchema,
  type JobRow,
  JobSchema,
  type JobsPage,
  JobsPageSchema,
  type JobsQuery,
  JobsQuerySchema,
  type JobState,
  type Overview,
  OverviewSchema,
  type RibbonPart,
} from './jobs.ts';
export { ACTIVITY_LABELS, BOTTLENECK_LABELS, SHARE_LABELS } from './labels.ts';
export type { ClientToServer, LiveReadings, LiveVerdict, ServerStatus, ServerToClient, WatchReply, WatchTarget } from './live.ts';
export { type GpuNow, type NodeDetail, NodeDetailSchema, type NodeRow, type NodesQuery, NodesQuerySchema, type NodesReply, NodesReplySchema } from './nodes.ts';
export { id, name } from './names.ts';
export { decodeSeries, type DrawnReply, drawnReply, type DrawnSeries, encodeSeries, SERIES_BYTES, seriesJson, type Values } from './series-bytes.ts';
export { type Series, type SeriesQuery, SeriesQuerySchema, type SeriesReply, SeriesReplySchema } from './series.ts';
export {
  type Health,
  HealthSchema,
  ProbeSchema,
  type Session,
  SessionSchema,
  type SignedIn,
  SignedInSchema,
  SignInSchema,
  type TokenReply,
  TokenReplySchema,
  type TokenRequest,
  TokenRequestSchema,
} from './service.ts';
export {
  type Activity,
  type Advice,
  type Analysis,
  AnalysisSchema,
  type Bottleneck,
  type Figure,
  type Finding,
  type GpuVerdict,
  type Phase,
  type Roofline,
  SHARE_KEYS,
  type ShareKey,
  type Shares,
  type Split,
  type Tier,
  type Timeline,
  type TimeTree,
  type Verdict,
  type Workload,
} from './verdict.ts';
export { type SiteReply, SiteReplySchema, siteReply } from './site.ts';
export { StreamLineSchema, type StreamLine } from './ingest.ts';
export { WatchTargetSchema, type LiveRows } from './live.ts';
export { RevokedSchema } from './service.ts';
export { OpenApiSchema } from './service.ts';
