import type { Verdict } from '../contract/index.ts';
import { busyOf, commonRows, formatPercent } from '../readings/index.ts';
import { isAtWork } from './at-work.ts';
import { gradeOf, UNGRADED } from './evidence.ts';
import { allocatedGpus, type JudgedGpu, type JudgedPhase, type JudgedRun, type Team } from './judged-run.ts';
import { restsOf } from './rests.ts';
import { exact } from './stats.ts';
import { CEILINGS, FLIP_CAP, INACTIVE, TURNS } from './thresholds.ts';

type TurnsInput = Pick<JudgedRun, 'gpus' | 'workload' | 'processes' | 'options' | 'period' | 'from' | 'to'>;

/**
 * GPUs that take turns (§7.2.7), engine by engine: each works part of the time, together they are one. It shows in the samples
 * in which any works: nine in ten of them add up to one GPU's time at most, and all of them to nearly that (to half of it
 * where the program is known to split by layers: its host may be slow). GPUs that have little to do in the same samples are
 * no such team, whatever their means add up to: nothing says that one works while another rests.
 */
export function turnsOf(run: TurnsInput): Team[] {
  const working = allocatedGpus(run).filter(({ phases }) => phases.some(isAtWork));
  const groups = new Map<string, JudgedGpu[]>();
  for (const gpu of working) groups.set(gpu.engines.join(','), [...(groups.get(gpu.engines.join(',')) ?? []), gpu]);
  return [...groups.values()].flatMap((gpus) => {
    const team = teamOf(gpus, run);
    return team !== null && takesTurns(team, run) && !gpus.every(isExplained) ? [team] : [];
  });
}

/** GPUs side by side, those without a figure left out; null for fewer than two, and where none worked. */
export function teamOf(gpus: readonly JudgedGpu[], { period, from, to }: Pick<TurnsInput, 'period' | 'from' | 'to'>): Team | null {
  const tables = gpus.map(({ series }) => series);
  const { t, width, values } = commonRows(tables, period, busyOf);
  const away = gpus.map((gpu) => timeAway(gpu, period));
  const each = gpus.map(() => ({ sum: 0, count: 0 }));
  const rows = [...t.keys()].filter((row) => values.some((busy) => at(busy, row) >= INACTIVE));
  let inTurn = 0;
  for (const row of rows) {
    const time = at(t, row);
    if (busyTogether(values.map((busy) => at(busy, row)).filter((value) => !Number.isNaN(value))) <= TURNS.together) inTurn += 1;
    each.forEach((one, k) => {
      const value = at(values[k], row);
      if (Number.isNaN(value) || away[k]?.some((rest) => time >= rest.from && time < rest.to) === true) return;
      one.sum += value;
      one.count += 1;
    });
  }
  const present = gpus
    .map(({ id }, k) => ({ id, ...each[k] }))
    .flatMap(({ id, sum, count }) => (sum !== undefined && count !== undefined && count > 0 ? [{ id, mean: exact(sum / count) }] : []));
  const [first] = rows;
  const last = rows[rows.length - 1];
  if (present.length < 2 || first === undefined || last === undefined) return null;
  return {
    gpus: present.map(({ id }) => id),
    means: present.map(({ mean }) => mean),
    inTurn: inTurn / rows.length,
    seconds: Math.min(rows.length * width, Math.min(to, at(t, last) + width) - Math.max(from, at(t, first))),
    from: Math.max(from, at(t, first)),
    to: Math.min(to, at(t, last) + width),
  };
}

function at(values: Float64Array | undefined, row: number): number {
  return values?.[row] ?? Number.NaN;
}

/** Busy shares of several GPUs added up, in GPUs. */
export function busyTogether(busy: readonly number[]): number {
  return exact(busy.reduce((sum, one) => sum + one, 0));
}

interface Span {
  readonly from: number;
  readonly to: number;
}

/** A GPU's time that enters no mean: before its first work and after its last (it began later or was done earlier), and its rests. */
function timeAway({ phases }: JudgedGpu, period: number): Span[] {
  const works = phases.map(isAtWork);
  const first = works.indexOf(true);
  const last = works.lastIndexOf(true);
  // The last row of a series may begin where the last phase ends.
  const after = phases[last]?.to ?? Number.NEGATIVE_INFINITY;
  return [
    ...restsOf(phases, period),
    { from: Number.NEGATIVE_INFINITY, to: phases[first]?.from ?? Number.POSITIVE_INFINITY },
    ...(last < phases.length - 1 ? [{ from: after, to: Number.POSITIVE_INFINITY }] : []),
  ];
}

/** Ranks of tensor or data parallelism work at the same time. */
function takesTurns({ gpus, means, inTurn }: Team, run: TurnsInput): boolean {
  const abreast = (run.workload.tensorParallel ?? 1) * (run.workload.dataParallel ?? 1) >= gpus.length;
  const sum = busyTogether(means);
  return (
    !abreast &&
    inTurn >= TURNS.samples &&
    means.every((mean) => mean >= TURNS.least && mean <= TURNS.most) &&
    sum <= TURNS.together &&
    sum >= (splitsByLayers(run) ? TURNS.leastKnown : TURNS.leastTogether)
  );
}

/** Empty time that the host's counters or a link explain needs no other explanation. */
function isExplained({ verdict }: JudgedGpu): boolean {
  return ['storage', 'network', 'transfer'].includes(verdict.bottleneck) || (verdict.bottleneck === 'host' && verdict.evidence.includes('proc'));
}

/** Pipeline stages, the way in which llama.cpp uses several GPUs unless told otherwise, or a device map in a command line. */
function splitsByLayers({ workload: { pipelineParallel, tensorParallel, engine }, processes }: TurnsInput): boolean {
  return (
    (pipelineParallel ?? 1) > 1 ||
    (tensorParallel === null && engine !== null && /^llama\.?cpp$/.test(engine)) ||
    processes.some(({ facts }) => /device[-_]map|split[-_]mode[= ]layer/.test(facts.get('command') ?? ''))
  );
}

/**
 * A GPU's phases with its turns told: it is empty because another works, which the rule "requests run on an empty GPU: host"
 * blames on the host. What is known to be split by layers is overhead (synchronisation); otherwise a tensor-parallel group in
 * step with a slow host looks the same, and the empty time has two possible causes.
 */
export function withTurns(phases: readonly JudgedPhase[], team: Team, run: TurnsInput): JudgedPhase[] {
  const split = splitsByLayers(run);
  return phases.map((phase) =>
    phase.verdict.bottleneck === 'host' && !phase.verdict.evidence.includes('proc') ? { ...phase, verdict: turned(phase.verdict, team, split) } : phase,
  );
}

function turned(verdict: Verdict, { gpus, means }: Team, split: boolean): Verdict {
  if (split) {
    const graded = gradeOf({ ceiling: CEILINGS.single, coverage: 1, ratios: [], caps: [{ value: FLIP_CAP, why: 'a slow host looks the same' }] });
    const why = `${gpus.length} GPUs take turns: one works while the others are empty (layers split over them, or a pipeline without micro-batches)`;
    return { ...verdict, ...graded, bottleneck: 'overhead', second: null, candidates: ['host'], why: [why, ...verdict.why] };
  }
  return {
    ...verdict,
    ...UNGRADED,
    bottleneck: 'unknown',
    second: null,
    headroom: null,
    relief: null,
    candidates: ['overhead', 'host'],
    why: [
      `${gpus.length} GPUs together were busy ${formatPercent(busyTogether(means))} of one GPU’s time, as if they took turns (layers split over them, or a pipeline without micro-batches)`,
      ...verdict.why,
    ],
    missing: [...verdict.missing, 'how the model is spread over the GPUs (tensor or pipeline parallel), to tell a layer split from a slow host'],
  };
}
