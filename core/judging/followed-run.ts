import type { Verdict, Workload } from '../contract/index.ts';
import { type Clock, ENTITY_KINDS, entityKey, type EntityKind, type SourceEvent, type Table } from '../readings/index.ts';
import { binsOf } from './bins.ts';
import { withOutOfMemory } from './capacity.ts';
import { runEntity, type RunEntity } from './entity.ts';
import { figuresFrom } from './figures.ts';
import { jobPhases, mixOf, NOTHING_KNOWN, prevailing, verdictOf } from './job.ts';
import type { JudgedGpu, JudgedPhase, JudgedRun, Judgement } from './judged-run.ts';
import { type JudgedWindow, type PhaseSource, phaseStream, type PhaseStream } from './phases.ts';
import { jobRests, restsOf } from './rests.ts';
import { isNoProgress, withNoProgress, withoutProgress } from './spinning.ts';
import { modelOf } from './subject.ts';
import { type MostJudged, ranking, withCrowd } from './crowd.ts';
import { contextsOf, signatureOf, type SubjectContext } from './subjects.ts';
import { turnsOf, withTurns } from './turns.ts';
import { withOrder } from './unmeasured.ts';
import { judge } from './verdict.ts';
import { type AnalyseOptions, detectWorkload } from './workload/index.ts';

/** A run on its grid while it grows: its entities, its subjects and a stream of phases for each of them. */
export interface FollowedRun {
  push(table: Table): void;
  /** Makes final what can be, and lets go of bins that nobody needs any more. */
  advance(): void;
  /** The verdict on the latest window of all subjects together. */
  current(): Verdict;
  /** Everything known so far. */
  judged(asked: RunContext): JudgedRun;
  /** Rows that came too late to be counted. */
  late(): number;
}

/** What a judged run has besides readings: its clock, what logs said, the caller's time. */
interface RunContext {
  readonly clock: Exclude<Clock, 'ordinal'>;
  readonly events: readonly SourceEvent[];
  readonly now: number | undefined;
}

interface State {
  /** Width of a bin, seconds. */
  readonly period: number;
  readonly options: AnalyseOptions;
  readonly most: MostJudged | null;
  /** Kinds of which there were more than are judged. */
  readonly crowded: Set<EntityKind>;
  readonly byKey: Map<string, RunEntity>;
  /** The same by kind, each in order of id. */
  readonly entities: Readonly<Record<EntityKind, RunEntity[]>>;
  readonly streams: Map<string, PhaseStream>;
  contexts: readonly SubjectContext[];
  workload: Workload;
  signature: string;
  /** Whether anything came since subjects and workload were looked for. */
  pushed: boolean;
}

/** Bins that a horizon may still need before its first: bridged gaps and the rate's first interval. */
const KEPT_BINS = 8;

/** A run of which nothing has come yet, on a grid of bins `period` seconds wide. */
export function followRun(period: number, options: AnalyseOptions, most: MostJudged | null = null): FollowedRun {
  const run: State = {
    period,
    options,
    most,
    crowded: new Set(),
    byKey: new Map(),
    entities: { gpu: [], host: [], engine: [], process: [] },
    streams: new Map(),
    contexts: [],
    workload: detectWorkload([], options),
    signature: '',
    pushed: true,
  };
  return {
    push: (table) => push(run, table),
    advance: () => advance(run),
    current: () => current(run),
    judged: (asked) => judged(run, asked),
    late: () => [...run.byKey.values()].reduce((sum, entity) => sum + entity.late(), 0),
  };
}

function push(run: State, table: Table): void {
  const key = entityKey(table.entity);
  const { kind } = table.entity;
  // Until they are put in order, half of them left out, twice as many are held: a flood of new ones costs no more.
  if (run.most !== null && run.entities[kind].length >= 2 * run.most[kind] && !run.byKey.has(key)) {
    run.crowded.add(kind);
    return;
  }
  const known = run.byKey.get(key) ?? runEntity(table.entity, run.period);
  if (!run.byKey.has(key)) {
    run.byKey.set(key, known);
    run.entities[kind].push(known);
  }
  known.push(table);
  run.pushed = true;
}

/** Puts the entities of a kind in order of id; those beyond the bound are left out, as long as they are not heard of again. */
function arrange(run: State, kind: EntityKind): void {
  const alike = run.entities[kind];
  if (run.most !== null && alike.length > run.most[kind]) {
    run.crowded.add(kind);
    const ranked = ranking(alike.splice(0), kind);
    alike.push(...ranked.slice(0, run.most[kind]));
    for (const { entity } of ranked.slice(run.most[kind])) {
      run.byKey.delete(entityKey(entity));
      run.streams.delete(entityKey(entity));
    }
  }
  alike.sort((a, b) => compare(a.entity.id, b.entity.id));
}

/** Who belongs to whom, and what runs: found again when a fact or an entity is new. */
function refresh(run: State): void {
  if (!run.pushed) return;
  run.pushed = false;
  for (const kind of ENTITY_KINDS) arrange(run, kind);
  const next = signatureOf(run.byKey.values());
  if (next === run.signature && run.contexts.length > 0) return;
  const knewSome = run.signature !== '';
  run.signature = next;
  const tables = [...run.byKey.values()].map(({ entity, facts }) => ({ entity, facts, t: new Float64Array(0), columns: new Map() }));
  run.workload = detectWorkload(tables, run.options);
  const { gpu: gpus, host: hosts, engine: engines, process: processes } = run.entities;
  run.contexts = contextsOf({ entities: { gpus, hosts, engines, processes }, options: run.options, workload: run.workload });
  if (knewSome) for (const context of run.contexts) run.streams.get(entityKey(context.entity))?.rejudge(sourceOf(run, context));
}

/** The entity whose samples set a subject's pace. */
function paceOf({ sources }: SubjectContext) {
  return sources.gpu ?? sources.engines[0] ?? sources.host;
}

function sourceOf({ period }: State, context: SubjectContext): PhaseSource {
  return {
    end: paceOf(context)?.end() ?? Number.NEGATIVE_INFINITY,
    bins: (first, end) => binsOf(context.sources, period, first, end),
    judge: (tally) => judge(tally, context.subject),
  };
}

/** The stream of a subject's phases; null before its first sample. */
function streamOf({ streams, period }: State, context: SubjectContext): PhaseStream | null {
  const key = entityKey(context.entity);
  const known = streams.get(key);
  if (known !== undefined) return known;
  const start = paceOf(context)?.start() ?? Number.NaN;
  if (!Number.isFinite(start)) return null;
  const made = phaseStream(period, start);
  streams.set(key, made);
  return made;
}

function advance(run: State): void {
  refresh(run);
  let needed = Number.POSITIVE_INFINITY;
  for (const context of run.contexts) {
    const open = streamOf(run, context)?.advance(sourceOf(run, context));
    if (open !== undefined) needed = Math.min(needed, open);
  }
  if (Number.isFinite(needed)) for (const entity of run.byKey.values()) entity.grid.trim(needed - KEPT_BINS);
}

function current(run: State): Verdict {
  refresh(run);
  const voices = run.contexts.flatMap((context) => {
    const tally = streamOf(run, context)?.recent(sourceOf(run, context)) ?? null;
    return tally === null ? [] : [{ verdict: verdictNow(judge(tally, context.subject), (tally.endBin - tally.firstBin) * tally.period), weight: 1 }];
  });
  return withCrowd(verdictOf(voices) ?? NOTHING_KNOWN, run.crowded, run.most);
}

/** The verdict on a window of so many seconds that is no phase yet. */
function verdictNow({ verdict, states }: Judgement, seconds: number): Verdict {
  return states.isSpinning && isNoProgress(seconds) ? withoutProgress(verdict) : verdict;
}

function judged(run: State, { clock, events, now }: RunContext): JudgedRun {
  refresh(run);
  const { period, options, workload, entities } = run;
  const bounds = boundsOf([...run.byKey.values()]);
  const own = withOrder(run.contexts.map((context) => ({ subject: context.subject, phases: windowsOf(run, context) }))).map((windows, i) =>
    withOutOfMemory(
      withNoProgress(
        windows.map((window) => phaseOf(window, bounds)),
        period,
      ),
      events,
      run.contexts[i]?.entity.id ?? '',
    ),
  );
  const alone = {
    clock,
    ...bounds,
    period,
    options: now === undefined ? options : { ...options, now },
    workload,
    model: modelOf(options, workload),
    events,
    gpus: run.contexts.flatMap((context, i) => (context.entity.kind === 'gpu' ? [gpuOf(run, context, own[i] ?? [])] : [])),
    stand: run.contexts.flatMap(({ entity, engines }, i) => (entity.kind === 'gpu' ? [] : [{ id: entity.id, entity, engines, phases: own[i] ?? [] }])),
    engines: entities.engine.map(seriesOf),
    hosts: entities.host.map(seriesOf),
    processes: entities.process.map(seriesOf),
  };
  const job = asJob(alone, own);
  return { ...job, verdict: withCrowd(job.verdict, run.crowded, run.most) };
}

/** A run whose GPUs were judged one by one, as a job: with the turns that they take, and its own phases and verdict. */
function asJob(alone: Omit<JudgedRun, 'turns' | 'phases' | 'verdict' | 'mix'>, own: readonly (readonly JudgedPhase[])[]): JudgedRun {
  const turns = turnsOf(alone);
  const gpus = alone.gpus.map((gpu) => {
    const team = turns.find((one) => one.gpus.includes(gpu.id));
    return team === undefined ? gpu : withPhases(gpu, withTurns(gpu.phases, team, alone), alone.period);
  });
  const lines = gpus.length > 0 ? gpus.map((gpu) => gpu.phases) : own;
  const phases = jobPhases(lines, alone.period);
  return { ...alone, gpus, turns, phases, verdict: prevailing(phases, jobRests(phases, alone.period)) ?? NOTHING_KNOWN, mix: mixOf(lines) };
}

function withPhases(gpu: Omit<JudgedGpu, 'phases' | 'verdict'>, phases: readonly JudgedPhase[], period: number): JudgedGpu {
  return { ...gpu, phases, verdict: prevailing(phases, restsOf(phases, period)) ?? NOTHING_KNOWN };
}

interface Bounds {
  readonly from: number;
  readonly to: number;
}

/** First and last reading of a run, seconds; 0 to 0 without any. */
function boundsOf(entities: readonly RunEntity[]): Bounds {
  let from = Number.POSITIVE_INFINITY;
  let to = Number.NEGATIVE_INFINITY;
  for (const entity of entities) {
    from = Math.min(from, entity.from());
    to = Math.max(to, entity.to());
  }
  return { from: Number.isFinite(from) ? from : 0, to: Number.isFinite(to) ? to : 0 };
}

function windowsOf(run: State, context: SubjectContext): readonly JudgedWindow[] {
  return streamOf(run, context)?.phases(sourceOf(run, context)) ?? [];
}

/** A window as a phase: in seconds, within the run. */
function phaseOf({ tally, verdict, states }: JudgedWindow, bounds: Bounds): JudgedPhase {
  return {
    from: Math.max(bounds.from, tally.firstBin * tally.period),
    to: Math.max(bounds.from, Math.min(bounds.to, tally.endBin * tally.period)),
    verdict,
    figures: figuresFrom(tally),
    states,
  };
}

function gpuOf({ byKey, period }: State, context: SubjectContext, phases: readonly JudgedPhase[]): JudgedGpu {
  const { entity, name, type, ceilings, host, engines } = context;
  const known = byKey.get(entityKey(entity));
  const series = known === undefined ? { entity, facts: new Map(), t: new Float64Array(0), columns: new Map() } : seriesOf(known);
  return withPhases({ id: entity.id, entity, name, type, ceilings, series, host, engines }, phases, period);
}

function seriesOf({ series, entity, facts }: RunEntity): Table {
  return series.table(entity, facts);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
