import type { Finding } from '../../contract/index.ts';
import type { JudgedGpu, JudgedRun } from '../../judging/index.ts';
import { finding, type Said, type Stretch } from './kit.ts';

/** A stretch of one GPU. */
export interface Case {
  readonly gpu: JudgedGpu;
  readonly stretch: Stretch;
}

/** Edges of GPUs this many samples apart are one edge: they are not sampled at one instant. */
const SAME_EDGE = 3;

/**
 * Cases of one kind as findings: those that all GPUs of the run share are one, about the whole job; the others are told
 * GPU by GPU.
 */
export function together(judged: JudgedRun, cases: readonly Case[], say: (cases: readonly Case[]) => Said): Finding[] {
  const near = SAME_EDGE * judged.period;
  const groups: Case[][] = [];
  for (const one of cases) {
    const group = groups.find(
      ([first]) => first !== undefined && Math.abs(first.stretch.from - one.stretch.from) <= near && Math.abs(first.stretch.to - one.stretch.to) <= near,
    );
    if (group === undefined) groups.push([one]);
    else group.push(one);
  }
  return groups.flatMap((group) => {
    const whole = group.length > 1 && group.length === judged.gpus.length;
    const parts = whole ? [group] : group.map((one) => [one]);
    return parts.map((part) =>
      finding(judged, say(part), {
        entity: whole ? null : (part[0]?.gpu.id ?? null),
        from: Math.min(...part.map(({ stretch }) => stretch.from)),
        to: Math.max(...part.map(({ stretch }) => stretch.to)),
      }),
    );
  });
}
