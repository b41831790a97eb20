import type { Advice, Bottleneck, Verdict } from '../../contract/index.ts';
import { CAPACITY } from './capacity.ts';
import { COMPUTE } from './compute.ts';
import { HOST } from './host.ts';
import { IDLE } from './idle.ts';
import { MEMORY } from './memory.ts';
import { NETWORK } from './network.ts';
import { OVERHEAD } from './overhead.ts';
import { type AdviceContext, situationOf } from './situation.ts';
import { STORAGE } from './storage.ts';
import type { Piece } from './gain.ts';
import { TRANSFER } from './transfer.ts';
import { UNKNOWN } from './unknown.ts';

/** What to try per bottleneck, in order (§8), each with the evidence that makes it right. `balanced` asks its candidates. */
export const CATALOGUE: Readonly<Record<Exclude<Bottleneck, 'balanced'>, readonly Piece[]>> = {
  memory: MEMORY,
  compute: COMPUTE,
  network: NETWORK,
  storage: STORAGE,
  host: HOST,
  transfer: TRANSFER,
  overhead: OVERHEAD,
  capacity: CAPACITY,
  idle: IDLE,
  unknown: UNKNOWN,
};

/** More than this nobody reads. */
const MOST = 6;
/** Of each side of a tie. */
const PER_SIDE = 2;

/**
 * What to try about a verdict, in order, each with its arithmetic on this job's numbers and its gain at best, which the
 * verdict's relief bounds. What does not apply to the card, the engine or the numbers is left out.
 */
export function adviceFor(verdict: Verdict, context: AdviceContext): Advice[] {
  const { bottleneck, candidates } = verdict;
  if (bottleneck !== 'balanced') {
    const own = advised(CATALOGUE[bottleneck], verdict, context);
    // No share to compute with, as where nvidia-smi alone speaks: then what would tell.
    return (own.length > 0 ? own : advised(UNKNOWN, verdict, context)).slice(0, MOST);
  }
  const sides = candidates.length > 0 ? candidates : verdict.second === null ? [] : [verdict.second];
  const found = sides.flatMap((side) => (side === 'balanced' ? [] : advised(CATALOGUE[side], { ...verdict, bottleneck: side }, context).slice(0, PER_SIDE)));
  return found.slice(0, MOST);
}

function advised(pieces: readonly Piece[], verdict: Verdict, context: AdviceContext): Advice[] {
  const situation = situationOf(verdict, context);
  return pieces.flatMap(({ holds, say }) => (holds(situation) ? (say(situation) ?? []) : []));
}
