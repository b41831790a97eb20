import { judge, figuresFrom } from './verdict.ts';
import { NOTHING_KNOWN } from './job.ts';
import type { Tally } from './tally.ts';
import { type Clock, entityKey, type EntityKind, type SourceEvent, type Table } from '../readings/index.ts';
import type { Verdict, Workload } from '../contract/index.ts';
import { type AnalyseOptions, detectWorkload } from './workload/index.ts';
import type { JudgedGpu, JudgedPhase, JudgedRun } from './judged-run.ts';
import { modelOf } from './subject.ts';
import { contextsOf, type Entities, type SubjectContext } from './subjects.ts';
import { runEntity, type RunEntity } from './entity.ts';
import { verdictOf } from './job.ts';
import { jobPhases, mixOf, prevailing } from './job.ts';
import type { JudgedWindow } from './phases.ts';
import { withOrder } from './unmeasured.ts';
import { withOutOfMemory } from './capacity.ts';
import { gridPeriod, PERIOD_GAPS } from './grid.ts';
import { phaseStream, type PhaseStream } from './phases.ts';
import { withTurns } from './turns.ts';
import { binsOf } from './bins.ts';

/** A run that is judged while it grows. */
export interface RunJudge {
  /** New rows, later than those of the same entity before. Costs what the rows cost, whatever came before them. */
  push(tables: readonly Table[], events?: readonly SourceEvent[]): void;
  /** Everything known so far, phase by phase. `now` is the caller's clock. */
  judged(now?: number): JudgedRun;
  /**
   * The verdict on now alone, for many jobs at once: the window since the last edge that `judged` found, at most the last
   * 32 samples. It looks for no edges and costs the same whatever the run's length.
   */
  current(): Verdict;
  /** Rows that came too late to be counted live; a finished run analysed again has them. */
  late(): number;
}

/** Bins that a horizon may still need before its first: bridged gaps and the rate's first interval. */
const KEPT_BINS = 8;
/** Events kept. */
const MAX_EVENTS = 1_000;

/** Judges a run as it grows: pushes are cheap, and `judged` looks again only at the part that is not final yet. */
export function openRunJudge(options: AnalyseOptions = {}, clock: Exclude<Clock, 'ordinal'> = 'utc'): RunJudge {
  let period: number | null = null;
  let waiting: Table[] = [];
  let followed = openFollower(1, options);
  const events: SourceEvent[] = [];

  /** The grid is decided by the first rows, the same for a growing run and the finished one. */
  const settle = () => {
    const clocks = samplers(waiting);
    const found = gridPeriod(tableEach(clocks));
    const enough = tableEach(clocks).some((table) => table.t.length > PERIOD_GAPS);
    followed = openFollower(found ?? 1, options);
    for (const table of waiting) followed.push(table);
    if (!enough) return;
    period = found ?? 1;
    waiting = [];
    followed.advance();
  };

  return {
    push(tables, more = []) {
      for (const event of more) if (events.length < MAX_EVENTS) events.push(event);
      if (period === null) {
        waiting.push(...tables);
        settle();
        return;
      }
      for (const table of tables) followed.push(table);
      followed.advance();
    },
    judged: (now) => followed.judged(clock, events, now ?? options.now),
    current: () => followed.current(),
    late: () => followed.late(),
  };
}

const CLOCK_KINDS: readonly EntityKind[] = ['gpu', 'engine', 'host'];

/** The tables that set the pace: GPUs, else engines, else hosts. */
function samplers(tables: readonly Table[]): readonly Table[] {
  for (const kind of CLOCK_KINDS) {
    const found = tables.filter((table) => table.entity.kind === kind && table.t.length > 0);
    if (found.length > 0) return found;
  }
  return [];
}

/** The first rows of each entity, put together. */
function tableEach(tables: readonly Table[]): Table[] {
  const groups = new Map<string, Table[]>();
  for (const table of tables) {
    const key = entityKey(table.entity);
    groups.set(key, [...(groups.get(key) ?? []), table]);
  }
  return [...groups.values()].map((parts) => (parts.length === 1 && parts[0] !== undefined ? parts[0] : concat(parts)));
}

function concat(parts: readonly Table[]): Table {
  const [first] = parts;
  const rows = parts.reduce((sum, part) => sum + part.t.length, 0);
  const t = new Float64Array(rows);
  const ids = new Set(parts.flatMap((part) => [...part.columns.keys()]));
  const columns = new Map([...ids].map((id) => [id, new Float64Array(rows).fill(Number.NaN)] as const));
  let row = 0;
  for (const part of parts) {
    t.set(part.t, row);
    for (const [id, column] of part.columns) columns.get(id)?.set(column, row);
    row += part.t.length;
  }
  return { entity: first?.entity ?? { kind: 'gpu', id: '?' }, facts: first?.facts ?? new Map(), t, columns };
}

function openFollower(period: number, options: AnalyseOptions) {
  const entities: Record<EntityKind, RunEntity[]> = { gpu: [], host: [], engine: [], process: [] };
  const byKey = new Map<string, RunEntity>();
  const streams = new Map<string, PhaseStream>();
  let contexts: SubjectContext[] = [];
  let workload = detectWorkload([], options);
  let signature = '';
  let pushed = true;

  const grouped = (): Entities => ({ gpus: entities.gpu, hosts: entities.host, engines: entities.engine, processes: entities.process });

  /** Who belongs to whom, and what runs: found again when a fact or an entity is new. */
  const refresh = () => {
    if (!pushed) return;
    pushed = false;
    const next = signatureOf(byKey.values());
    if (next === signature && contexts.length > 0) return;
    const known = signature !== '';
    signature = next;
    const tables = [...byKey.values()].map(({ entity, facts }) => ({ entity, facts, t: new Float64Array(0), columns: new Map() }));
    workload = detectWorkload(tables, options);
    contexts = contextsOf(grouped(), options, workload);
    if (known) for (const context of contexts) streams.get(entityKey(context.entity))?.rejudge(judgeOf(context));
  };
  const judgeOf = (context: SubjectContext) => (tally: Tally) => judge(tally, context.subject);
  const binsFor = (context: SubjectContext) => (first: number, end: number) => binsOf(context.sources, period, first, end);
  const clockOf = (context: SubjectContext) => context.sources.gpu ?? context.sources.engines[0] ?? context.sources.host;
  const streamOf = (context: SubjectContext): PhaseStream | null => {
    const key = entityKey(context.entity);
    const known = streams.get(key);
    if (known !== undefined) return known;
    const start = clockOf(context)?.start() ?? Number.NaN;
    if (!Number.isFinite(start)) return null;
    const made = phaseStream(period, start);
    streams.set(key, made);
    return made;
  };
  const endOf = (context: SubjectContext) => clockOf(context)?.end() ?? Number.NEGATIVE_INFINITY;

  return {
    push(table: Table) {
      const key = entityKey(table.entity);
      let known = byKey.get(key);
      if (known === undefined) {
        known = runEntity(table.entity, period);
        byKey.set(key, known);
        entities[table.entity.kind].push(known);
        entities[table.entity.kind].sort((a, b) => compare(a.entity.id, b.entity.id));
      }
      known.push(table);
      pushed = true;
    },
    advance() {
      refresh();
      let needed = Number.POSITIVE_INFINITY;
      for (const context of contexts) {
        const open = streamOf(context)?.advance(endOf(context), binsFor(context), judgeOf(context));
        if (open !== undefined) needed = Math.min(needed, open);
      }
      if (Number.isFinite(needed)) for (const entity of byKey.values()) entity.grid.trim(needed - KEPT_BINS);
    },
    current(): Verdict {
      refresh();
      const voices = contexts.flatMap((context) => {
        const tally = streamOf(context)?.recent(endOf(context), binsFor(context)) ?? null;
        return tally === null ? [] : [{ verdict: judge(tally, context.subject), weight: 1 }];
      });
      return verdictOf(voices) ?? NOTHING_KNOWN;
    },
    late: () => [...byKey.values()].reduce((sum, entity) => sum + entity.late(), 0),
    judged(clock: Exclude<Clock, 'ordinal'>, events: readonly SourceEvent[], now: number | undefined): JudgedRun {
      refresh();
      const all = [...byKey.values()];
      const from = Math.min(...all.map((entity) => entity.from()), Number.POSITIVE_INFINITY);
      const to = Math.max(...all.map((entity) => entity.to()), Number.NEGATIVE_INFINITY);
      const found = contexts.map((context) => ({
        subject: context.subject,
        phases: streamOf(context)?.phases(endOf(context), binsFor(context), judgeOf(context)) ?? [],
      }));
      const ordered = withOrder(found);
      const bounds = { from: Number.isFinite(from) ? from : 0, to: Number.isFinite(to) ? to : 0 };
      const own = contexts.map((context, i) =>
        withOutOfMemory(
          (ordered[i] ?? []).map((one) => phaseOf(one, period, bounds)),
          events,
          context.entity.id,
        ),
      );
      const turned = withTurns(own.map((phases) => ({ phases, tensorParallel: workload.tensorParallel, pipelined: isPipelined(workload) })));
      const judged = contexts.map((context, i) => ({ context, phases: turned[i] ?? [] }));
      const job = jobPhases(
        judged.map(({ phases }) => phases),
        period,
      );
      const gpus = judged.filter(({ context }) => context.entity.kind === 'gpu').map(({ context, phases }) => gpuOf(context, phases, byKey));
      return {
        clock,
        ...bounds,
        period,
        options: now === undefined ? options : { ...options, now },
        workload,
        model: modelOf(options, workload),
        events,
        gpus,
        engines: entities.engine.map(seriesOf),
        hosts: entities.host.map(seriesOf),
        processes: entities.process.map(seriesOf),
        phases: job,
        verdict: prevailing(job) ?? NOTHING_KNOWN,
        mix: mixOf(judged.map(({ phases }) => phases)),
      };
    },
  };
}

/** Layers in stages: said so, or the way in which llama.cpp uses several GPUs unless told otherwise. */
function isPipelined({ pipelineParallel, tensorParallel, engine }: Workload): boolean {
  return (pipelineParallel !== null && pipelineParallel > 1) || (tensorParallel === null && engine !== null && /^llama\.?cpp$/.test(engine));
}

/** Changes when an entity or a fact is new: then owners and the workload are found again. */
function signatureOf(entities: Iterable<RunEntity>): string {
  let text = '';
  for (const { entity, facts, has, peak, latest } of entities) {
    text += `${entity.kind}:${entity.id}|${facts.size}`;
    for (const value of facts.values()) text += `;${value.length > 40 ? value.length : value}`;
    if (entity.kind === 'gpu')
      text += `|${latest('gpu.memTotal')},${latest('gpu.powerLimit')},${peak('gpu.util') >= 0.05},${peak('gpu.grActive') >= 0.05},${peak('gpu.memUsed') >= 2e9},${has('gpu.nvlinkRx')}`;
    if (entity.kind === 'engine')
      text += `|${has('engine.running')},${has('engine.generationTokens')},${has('engine.trainSteps')},${has('engine.trainTokenRate')},${has('engine.trainStepTime')},${latest('engine.maxRunning')}`;
    if (entity.kind === 'host') text += `|${latest('host.cores')}`;
  }
  return text;
}

function seriesOf(entity: RunEntity): Table {
  return entity.series.table(entity.entity, entity.facts);
}

function phaseOf({ tally, verdict }: JudgedWindow, period: number, bounds: { from: number; to: number }): JudgedPhase {
  return {
    from: Math.max(bounds.from, tally.firstBin * period),
    to: Math.max(bounds.from, Math.min(bounds.to, tally.endBin * period)),
    verdict,
    figures: figuresFrom(tally),
  };
}

function gpuOf(context: SubjectContext, phases: readonly JudgedPhase[], byKey: ReadonlyMap<string, RunEntity>): JudgedGpu {
  const known = byKey.get(entityKey(context.entity));
  const verdict: Verdict = prevailing(phases) ?? NOTHING_KNOWN;
  return {
    id: context.entity.id,
    entity: context.entity,
    name: context.name,
    type: context.type,
    ceilings: context.ceilings,
    series: known === undefined ? { entity: context.entity, facts: new Map(), t: new Float64Array(0), columns: new Map() } : seriesOf(known),
    host: context.host,
    engines: context.engines,
    phases,
    verdict,
  };
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
