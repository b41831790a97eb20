import type { Phase, Verdict } from '../../contract/index.ts';
import { UNKNOWN_SITE } from '../../knowledge/index.ts';
import { allocatedGpus, type JudgedGpu, type JudgedPhase, type JudgedRun, type WindowFigures } from '../../judging/index.ts';
import { findStraggler } from '../findings/index.ts';
import { adviceFor } from './advice-for.ts';
import type { AdviceContext } from './situation.ts';

/** The verdicts of a run with what to try about each. */
interface Advised {
  readonly verdict: Verdict;
  readonly phases: readonly Phase[];
  /** In the order of the run's GPUs. */
  readonly gpus: readonly Verdict[];
}

/**
 * A judged run's verdicts with their advice: `tries` has it whole, `advice` its texts. Each verdict is told from the figures
 * of the phase of a GPU that it came from.
 */
export function advised(judged: JudgedRun): Advised {
  const around = surroundings(judged);
  // A job's verdict is that of one of its phases, which is that of a phase of a GPU: told once.
  const done = new Map<Verdict, Verdict>();
  const told = (verdict: Verdict, gpu: JudgedGpu | null, phase: JudgedPhase | null): Verdict => {
    const before = done.get(verdict);
    if (before !== undefined) return before;
    const tries = adviceFor(verdict, contextOf(judged, around, { gpu, phase }));
    const after = { ...verdict, tries, advice: tries.map(({ text }) => text) };
    done.set(verdict, after);
    return after;
  };
  const best = (verdict: Verdict, span: Span) => {
    const [gpu, phase] = source(judged, verdict, span);
    return told(verdict, gpu, phase);
  };
  return {
    verdict: best(judged.verdict, judged),
    phases: judged.phases.map((phase) => ({ from: phase.from, to: phase.to, verdict: best(phase.verdict, phase) })),
    gpus: judged.gpus.map((gpu) =>
      told(gpu.verdict, gpu, gpu.phases.find(({ verdict }) => verdict === gpu.verdict) ?? longest(gpu.phases, gpu.verdict, judged)),
    ),
  };
}

/** Seconds on the run's clock. */
interface Span {
  readonly from: number;
  readonly to: number;
}

interface Surroundings {
  readonly nodes: number;
  readonly commands: readonly string[];
  readonly hasStraggler: boolean;
}

function surroundings(judged: JudgedRun): Surroundings {
  const { gpus, hosts, processes } = judged;
  const nodes = new Set(gpus.map(({ entity }) => entity.node ?? ''));
  return {
    nodes: Math.max(1, nodes.size, hosts.length),
    commands: [...new Set(processes.flatMap(({ facts }) => facts.get('command') ?? []))].slice(0, 64),
    hasStraggler: findStraggler(judged, allocatedGpus(judged)).length > 0,
  };
}

/** The GPU and phase that a verdict came from; of one that was put together the longest that says the same, in the time asked about. */
function source(judged: JudgedRun, verdict: Verdict, span: Span): [JudgedGpu | null, JudgedPhase | null] {
  for (const gpu of judged.gpus) {
    const own = gpu.phases.find((phase) => phase.verdict === verdict);
    if (own !== undefined) return [gpu, own];
  }
  let found: [JudgedGpu | null, JudgedPhase | null] = [null, null];
  let length = 0;
  for (const gpu of judged.gpus) {
    const phase = longest(gpu.phases, verdict, span);
    const overlap = phase === null ? 0 : Math.min(phase.to, span.to) - Math.max(phase.from, span.from);
    if (overlap > length) {
      found = [gpu, phase];
      length = overlap;
    }
  }
  return found[0] === null ? [judged.gpus[0] ?? null, null] : found;
}

function longest(phases: readonly JudgedPhase[], verdict: Verdict, { from, to }: Span): JudgedPhase | null {
  return phases
    .filter((phase) => phase.verdict.bottleneck === verdict.bottleneck && phase.from < to && phase.to > from)
    .reduce<JudgedPhase | null>((top, phase) => (top === null || phase.to - phase.from > top.to - top.from ? phase : top), null);
}

function contextOf(
  judged: JudgedRun,
  { nodes, commands, hasStraggler }: Surroundings,
  { gpu, phase }: { gpu: JudgedGpu | null; phase: JudgedPhase | null },
): AdviceContext {
  const engine = judged.engines[gpu?.engines[0] ?? 0];
  const key = gpu?.engines.join(',') ?? '';
  // An engine's arithmetic is over its own GPUs; a server beside it has others.
  const own = key === '' ? judged.gpus : judged.gpus.filter(({ engines }) => engines.join(',') === key);
  const host = judged.hosts[gpu?.host ?? 0];
  const cores =
    judged.options.cores ?? Number(host?.facts.get('cores') ?? [...(host?.columns.get('host.cores') ?? [])].find((value) => value > 0) ?? Number.NaN);
  return {
    gpu: gpu?.type ?? judged.options.gpu ?? null,
    ceilings: gpu?.ceilings ?? null,
    workload: judged.workload,
    model: judged.model,
    figures: phase === null ? null : figuresOf(phase),
    gpuCount: Math.max(1, own.length),
    nodeCount: nodes,
    site: judged.options.site ?? UNKNOWN_SITE,
    commands,
    cores: cores > 0 ? cores : null,
    hasStraggler,
    takesTurns: gpu !== null && judged.turns.some((team) => team.gpus.includes(gpu.id)),
    ...(engine === undefined ? {} : { facts: engine.facts, told: new Set(engine.columns.keys()) }),
  };
}

/** A phase's numbers, no longer than the phase: the grid's last bin may reach beyond what was recorded. */
function figuresOf({ figures, from, to }: JudgedPhase): WindowFigures {
  return { ...figures, seconds: Math.min(figures.seconds, to - from) };
}
