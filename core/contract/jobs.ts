import { Type, type Static } from 'typebox';
import { MOST_ASKED, MOST_OF_JOB } from '../bounds/index.ts';
import { amount, count, instant } from './numbers.ts';
import { id, name, words } from './names.ts';
import { ActivitySchema, AnalysisSchema, BottleneckSchema, FindingSchema, nullable, oneOf } from './verdict.ts';

const JOB_STATES = ['pending', 'running', 'completed', 'failed', 'cancelled', 'timeout', 'oom', 'unknown'] as const;

/** `PUT /api/jobs/:cluster/:id`: who runs what where. Demo, self-registration, a stored diagnosis and Slurm all declare jobs so. */
export const JobDeclarationSchema = Type.Object(
  {
    name: Type.Optional(name()),
    user: Type.Optional(name(100)),
    project: Type.Optional(name(100)),
    partition: Type.Optional(name(100)),
    state: Type.Optional(oneOf(JOB_STATES)),
    /** Seconds UTC. */
    start: Type.Optional(instant()),
    end: Type.Optional(nullable(instant())),
    /** Seconds of wall time that the job may take. */
    timeLimit: Type.Optional(nullable(amount(1e10))),
    nodes: Type.Optional(Type.Array(id(), { maxItems: MOST_OF_JOB.nodes })),
    gpus: Type.Optional(Type.Array(Type.Object({ uuid: id(), node: Type.Optional(id()) }), { maxItems: MOST_OF_JOB.gpus })),
    cores: Type.Optional(amount(1e7)),
    memory: Type.Optional(amount(1e18)),
    gpuType: Type.Optional(name(40)),
    /** What the user says of the workload; beats what is detected. */
    model: Type.Optional(name(300)),
    dtype: Type.Optional(name(40)),
    tensorParallel: Type.Optional(amount(1e6)),
    command: Type.Optional(words(4_000)),
    demo: Type.Optional(Type.Boolean()),
  },
  { additionalProperties: false },
);

export const JobSchema = Type.Object({
  cluster: Type.String(),
  id: Type.String(),
  name: Type.String(),
  user: nullable(Type.String()),
  project: nullable(Type.String()),
  partition: nullable(Type.String()),
  state: oneOf(JOB_STATES),
  start: nullable(Type.Number()),
  end: nullable(Type.Number()),
  timeLimit: nullable(Type.Number()),
  nodes: Type.Array(Type.String()),
  gpus: Type.Array(Type.Object({ uuid: Type.String(), node: nullable(Type.String()) })),
  gpuCount: count(),
  gpuType: nullable(Type.String()),
  cores: nullable(Type.Number()),
  memory: nullable(Type.Number()),
  model: nullable(Type.String()),
  dtype: nullable(Type.String()),
  tensorParallel: nullable(Type.Number()),
  command: nullable(Type.String()),
  demo: Type.Boolean(),
});

/** A ribbon in a list: phases reduced to what a small picture needs. */
const RibbonPartSchema = Type.Object({
  from: Type.Number(),
  to: Type.Number(),
  bottleneck: BottleneckSchema,
  activity: ActivitySchema,
  /** What is told before the label: no progress, or slowed down by the hardware most of the time. */
  mark: Type.Optional(oneOf(['hung', 'slowed'] as const)),
});

export const JobRowSchema = Type.Object({
  job: JobSchema,
  bottleneck: BottleneckSchema,
  activity: ActivitySchema,
  grade: nullable(Type.Number()),
  headroom: nullable(Type.Number()),
  /** Mean GPU busy over the last points (0–1), oldest first; null is a gap. */
  sparkline: Type.Array(nullable(Type.Number())),
  ribbon: Type.Array(RibbonPartSchema),
  findings: Type.Array(Type.String()),
  /** Seconds UTC of the latest reading; null when none came yet. */
  lastReadingAt: nullable(Type.Number()),
});

export const JobsQuerySchema = Type.Object({
  state: Type.Optional(name()),
  user: Type.Optional(name()),
  project: Type.Optional(name()),
  gpuType: Type.Optional(name()),
  bottleneck: Type.Optional(name()),
  activity: Type.Optional(name()),
  finding: Type.Optional(name()),
  node: Type.Optional(name()),
  q: Type.Optional(name()),
  from: Type.Optional(instant()),
  to: Type.Optional(instant()),
  sort: Type.Optional(oneOf(['start', '-start', 'gpus', '-gpus', 'name', '-name', 'grade', '-grade', 'headroom', '-headroom'] as const)),
  cursor: Type.Optional(name()),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: MOST_ASKED.jobs, default: 50 })),
});

export const JobsPageSchema = Type.Object({
  /** Seconds UTC; rows that change later come over the socket. */
  now: Type.Number(),
  rows: Type.Array(JobRowSchema),
  /** For the next page; null at the end. */
  cursor: nullable(Type.String()),
  total: nullable(count()),
});

export const JobDetailSchema = Type.Object({
  job: JobSchema,
  analysis: nullable(AnalysisSchema),
  /** Entities with readings in the job's time. */
  entities: Type.Array(
    Type.Object({
      kind: Type.String(),
      id: Type.String(),
      node: nullable(Type.String()),
      name: nullable(Type.String()),
      facts: Type.Record(Type.String(), Type.String()),
      metrics: Type.Array(Type.String()),
    }),
  ),
  lastReadingAt: nullable(Type.Number()),
  /** Why the verdict cannot say more, where readings are missing altogether ("no reading from node X since …"). */
  silence: Type.Array(Type.String()),
  /** What happened to the job's entities in its time, oldest first, in the tools' own words. */
  events: Type.Array(Type.Object({ at: nullable(Type.Number()), kind: Type.String(), entity: nullable(Type.String()), text: Type.String() })),
});

/** `GET /api/findings`: what an owner or admin should act on, newest first. */
export const FindingsReplySchema = Type.Object({
  findings: Type.Array(Type.Object({ cluster: Type.String(), id: Type.String(), finding: FindingSchema })),
});

export const OverviewSchema = Type.Object({
  demo: Type.Boolean(),
  /** Seconds UTC; rows that change later come over the socket. */
  now: Type.Number(),
  gpus: Type.Object({
    known: count(),
    allocated: count(),
    busy: nullable(count()),
    underused: nullable(count()),
    idle: nullable(count()),
    /** Allocated GPUs whose telemetry is missing: neither busy nor idle. */
    silent: count(),
  }),
  nodes: count(),
  power: nullable(Type.Number()),
  /** GPU-hours today (since the site's midnight) on allocated GPUs that were idle, by finding. */
  gpuHoursLostToday: nullable(Type.Number()),
  running: Type.Array(JobRowSchema),
  finished: Type.Array(JobRowSchema),
});

export type JobState = (typeof JOB_STATES)[number];
export type JobDeclaration = Static<typeof JobDeclarationSchema>;
export type Job = Static<typeof JobSchema>;
export type JobRow = Static<typeof JobRowSchema>;
export type RibbonPart = Static<typeof RibbonPartSchema>;
export type JobsQuery = Static<typeof JobsQuerySchema>;
export type JobsPage = Static<typeof JobsPageSchema>;
export type JobDetail = Static<typeof JobDetailSchema>;
export type Overview = Static<typeof OverviewSchema>;
export type FindingsReply = Static<typeof FindingsReplySchema>;
