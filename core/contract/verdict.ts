import { Type, type Static } from 'typebox';
import { count } from './numbers.ts';
import { FINDING_LABELS, type FindingId } from './finding-labels.ts';

/** One of several literals, with the union type that TypeScript infers. */
export function oneOf<const T extends readonly string[]>(values: T) {
  return Type.Unsafe<T[number]>({ type: 'string', enum: [...values] });
}

/** A value or null: "not known" is a value of its own on every wire. */
export function nullable<T extends Parameters<typeof Type.Union>[0][number]>(schema: T) {
  return Type.Union([schema, Type.Null()]);
}

export const BOTTLENECKS = ['compute', 'memory', 'network', 'storage', 'host', 'transfer', 'overhead', 'capacity', 'idle', 'balanced', 'unknown'] as const;
const ACTIVITIES = ['prefill', 'decode', 'serving', 'training', 'fine-tuning', 'loading', 'checkpointing', 'idle', 'unknown'] as const;
export const SHARE_KEYS = ['compute', 'memory', 'network', 'storage', 'host', 'transfer', 'nvlink', 'busy', 'empty', 'tensor', 'fp32', 'fp64'] as const;
const TIERS = ['A', 'B', 'C'] as const;
const FINDING_IDS = Object.keys(FINDING_LABELS) as FindingId[]; // a parse boundary: keys of a const object

export const BottleneckSchema = oneOf(BOTTLENECKS);
export const ActivitySchema = oneOf(ACTIVITIES);

const Share = nullable(Type.Number({ minimum: 0 }));

/** Shares of time, 0–1 and more where the achievable ceiling was passed; null is "not measured". They overlap and are never normalised. */
const SharesSchema = Type.Object(
  Object.fromEntries(SHARE_KEYS.map((key) => [key, Share])) as Record<(typeof SHARE_KEYS)[number], typeof Share>, // keys are the table's
);

/** What sums to one: empty time by cause, busy time by resource, and the rest of the busy time. Null where g is not known. */
const TreeSchema = Type.Object({
  empty: Type.Record(Type.String(), Type.Number()),
  busy: Type.Record(Type.String(), Type.Number()),
  /** Busy time beyond the largest busy share (resources fully overlapped): with it the tree sums to one. */
  unexplained: nullable(Type.Number()),
  /** The same if resources worked one after another: the least it can be. */
  unexplainedAtLeast: nullable(Type.Number()),
});

/** Prefill and decode shares of one window (§7.7): of FLOPs, of bytes, of time. */
const SplitSchema = Type.Object({
  flops: nullable(Type.Object({ prefill: Type.Number(), decode: Type.Number() })),
  bytes: nullable(Type.Object({ weights: Type.Number(), kv: Type.Number(), other: Type.Number() })),
  time: nullable(Type.Object({ prefill: Type.Number(), decode: Type.Number(), other: Type.Number() })),
  /** True where the time split is a model's estimate, false where the engine exports durations. */
  estimated: Type.Boolean(),
});

/** A number that made a verdict, with its ceiling and where it came from. */
const FigureSchema = Type.Object({
  label: Type.String(),
  value: Type.Number(),
  unit: Type.String(),
  ceiling: nullable(Type.Number()),
  source: Type.String(),
});

/** One thing to try: what was seen, the ceiling, what to do, what it gains at best by this job's arithmetic. */
const AdviceSchema = Type.Object({
  text: Type.String(),
  /** Best-case speed-up factor; null where arithmetic on this job's numbers gives none. */
  gain: nullable(Type.Number()),
  arithmetic: Type.String(),
});

export const VerdictSchema = Type.Object({
  bottleneck: BottleneckSchema,
  second: nullable(BottleneckSchema),
  lean: nullable(BottleneckSchema),
  activity: ActivitySchema,
  activityGrade: Type.Number({ minimum: 0, maximum: 1 }),
  tier: oneOf(TIERS),
  /** Sources that decided, e.g. "dcgm", "vllm", "nvidia-smi", "proc". */
  evidence: Type.Array(Type.String()),
  grade: Type.Number({ minimum: 0, maximum: 1 }),
  /** The arithmetic of the grade, in words: ceiling × coverage × margin and any cap. */
  gradeWhy: Type.String(),
  headroom: nullable(Type.Number()),
  relief: nullable(Type.Number()),
  shares: SharesSchema,
  tree: TreeSchema,
  split: nullable(SplitSchema),
  /** Power capped, clock-limited, clocks locked …: text that changes how the label reads, never the label. */
  modifiers: Type.Array(Type.String()),
  figures: Type.Array(FigureSchema),
  candidates: Type.Array(BottleneckSchema),
  missing: Type.Array(Type.String()),
  why: Type.Array(Type.String()),
  advice: Type.Array(Type.String()),
  tries: Type.Array(AdviceSchema),
});

export const FindingSchema = Type.Object({
  id: oneOf(FINDING_IDS),
  text: Type.String(),
  evidence: Type.Array(Type.String()),
  /** The GPU or node it is about; null for the whole job. */
  entity: nullable(Type.String()),
  from: nullable(Type.Number()),
  to: nullable(Type.Number()),
});

/** A stretch of time with one verdict. Seconds on the run's clock. */
export const PhaseSchema = Type.Object({ from: Type.Number(), to: Type.Number(), verdict: VerdictSchema });

const GpuVerdictSchema = Type.Object({ id: Type.String(), name: nullable(Type.String()), verdict: VerdictSchema });

/** A point of a job's path on the roofline: FLOP per byte against FLOP/s. */
const RooflinePointSchema = Type.Object({ at: Type.Number(), intensity: Type.Number(), flops: Type.Number(), phase: count() });

const RooflineSchema = Type.Object({
  gpu: Type.String(),
  /** Bytes per second: the datasheet's and what can be had in practice. */
  bandwidth: Type.Number(),
  practicalBandwidth: Type.Number(),
  /** FLOP/s per data type, e.g. {fp16: 312e12}; the data type in use is `dtype`. */
  peaks: Type.Record(Type.String(), Type.Number()),
  dtype: nullable(Type.String()),
  practicalFraction: Type.Number(),
  points: Type.Array(RooflinePointSchema),
  /** The roof this job could move to, in words; null where it is at the best one. */
  advice: nullable(Type.String()),
  /** What the points rest on besides measurements: a data type that nobody said, bytes that are a lower bound. */
  assumed: Type.Optional(Type.Array(Type.String())),
});

/** Shares over time for the page: every series has one value (or null) per entry of `t`. */
const TimelineSchema = Type.Object({
  t: Type.Array(Type.Number()),
  series: Type.Record(Type.String(), Type.Array(nullable(Type.Number()))),
});

const WorkloadSchema = Type.Object({
  engine: nullable(Type.String()),
  model: nullable(Type.String()),
  dtype: nullable(Type.String()),
  quantization: nullable(Type.String()),
  tensorParallel: nullable(Type.Number()),
  pipelineParallel: nullable(Type.Number()),
  dataParallel: nullable(Type.Number()),
  /** Where each came from, in words. */
  from: Type.Array(Type.String()),
});

export const AnalysisSchema = Type.Object({
  clock: oneOf(['utc', 'relative'] as const),
  from: Type.Number(),
  to: Type.Number(),
  hardware: Type.Object({ gpu: nullable(Type.String()), from: oneOf(['detected', 'given', 'unknown'] as const) }),
  workload: WorkloadSchema,
  verdict: VerdictSchema,
  /** Seconds of GPU time per bottleneck and per activity over the whole run. */
  mix: Type.Object({ bottleneck: Type.Record(Type.String(), Type.Number()), activity: Type.Record(Type.String(), Type.Number()) }),
  gpus: Type.Array(GpuVerdictSchema),
  phases: Type.Array(PhaseSchema),
  findings: Type.Array(FindingSchema),
  roofline: nullable(RooflineSchema),
  timeline: TimelineSchema,
  progress: nullable(
    Type.Object({
      unit: Type.String(),
      now: nullable(Type.Number()),
      median: nullable(Type.Number()),
      lastProgressAt: nullable(Type.Number()),
      /** What the trainer itself prints of its steps, in words; left out where it prints nothing. */
      logged: Type.Optional(Type.Array(Type.String())),
      /** What is assumed of the clock behind the pace, in words; left out where nothing is. */
      assumed: Type.Optional(Type.Array(Type.String())),
      /** The memory (a GPU's or a host's) that is full first at its present growth; left out where none grows steadily. */
      memory: Type.Optional(Type.Object({ of: Type.String(), bytesPerSecond: Type.Number(), fullAt: Type.Number(), text: Type.String() })),
    }),
  ),
});

export type Bottleneck = (typeof BOTTLENECKS)[number];
export type Activity = (typeof ACTIVITIES)[number];
export type ShareKey = (typeof SHARE_KEYS)[number];
export type Tier = (typeof TIERS)[number];
export type Shares = Static<typeof SharesSchema>;
export type TimeTree = Static<typeof TreeSchema>;
export type Split = Static<typeof SplitSchema>;
export type Figure = Static<typeof FigureSchema>;
export type Advice = Static<typeof AdviceSchema>;
export type Verdict = Static<typeof VerdictSchema>;
export type Finding = Static<typeof FindingSchema>;
export type Phase = Static<typeof PhaseSchema>;
export type GpuVerdict = Static<typeof GpuVerdictSchema>;
export type Roofline = Static<typeof RooflineSchema>;
export type Timeline = Static<typeof TimelineSchema>;
export type Workload = Static<typeof WorkloadSchema>;
export type Analysis = Static<typeof AnalysisSchema>;
