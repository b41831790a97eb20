import { isAtWork, type JudgedGpu, type JudgedPhase, type JudgedRun } from '../../judging/index.ts';

type State = 'spin' | 'idle' | 'active';

/** A stretch in which no GPU changes its state, and the GPUs in each; those that nothing was heard of are in none. */
export interface Moment {
  readonly from: number;
  readonly to: number;
  readonly gpus: Readonly<Record<State, readonly JudgedGpu[]>>;
}

/** The states of all GPUs over the run, between any two edges of any of them. */
export function momentsOf(judged: JudgedRun): Moment[] {
  const lines = judged.gpus.map((gpu) => ({ gpu, phases: gpu.phases.map((phase) => ({ phase, state: stateOf(phase) })) }));
  const edges = [...new Set(lines.flatMap(({ phases }) => phases.flatMap(({ phase }) => [phase.from, phase.to])))].sort((a, b) => a - b);
  const cursors = lines.map(() => 0);
  return edges.slice(1).map((to, k) => {
    const from = edges[k] ?? to;
    const gpus: Record<State, JudgedGpu[]> = { spin: [], idle: [], active: [] };
    lines.forEach(({ gpu, phases }, i) => {
      let at = cursors[i] ?? 0;
      while ((phases[at]?.phase.to ?? Number.POSITIVE_INFINITY) <= from) at += 1;
      cursors[i] = at;
      const here = phases[at];
      if (here !== undefined && here.phase.from <= from) gpus[here.state].push(gpu);
    });
    return { from, to, gpus };
  });
}

function stateOf(phase: JudgedPhase): State {
  if (!isAtWork(phase)) return 'idle';
  return phase.states.isSpinning ? 'spin' : 'active';
}
