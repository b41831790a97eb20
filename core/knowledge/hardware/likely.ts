import { SIZE_TOLERANCE } from './detect.ts';
import { GPU_IDS, type GpuId, GPUS } from './gpus.ts';

/** What recordings show of a card that they do not name: bytes, Hz and watts, each null where nothing shows it. */
export interface CardSeen {
  readonly memoryTotal: number | null;
  /** The most that was in use: a card holds at least that. */
  readonly memoryUsed: number | null;
  /** The highest SM clock that was seen: a card reaches at least that. */
  readonly clock: number | null;
  /** The enforced limit: admins and owners move it, so it only says which is likelier. */
  readonly powerLimit: number | null;
}

/** A card runs at most so much over its table's boost clock. */
const OVER_BOOST = 0.01;
/** A clock as near to a card's boost clock as this says something for it. */
const NEAR_BOOST = 0.03;
/** Two sizes as near as this are one: tools print whole MiB, and rounded GiB. */
const SAME_SIZE = 0.01;
/** More names than this are no suggestion. */
const MOST = 4;

/**
 * The types that a memory size and clocks leave, the likeliest first: for a person to choose from, never to judge by. None where
 * nothing points at a card, or more than four are left.
 */
export function likelyGpus(seen: CardSeen): GpuId[] {
  const { memoryTotal, clock } = seen;
  const isNear = (id: GpuId): boolean => clock !== null && off(clock, GPUS[id].boostClock) <= NEAR_BOOST;
  const isSize = (id: GpuId): boolean => memoryTotal !== null && off(memoryTotal, GPUS[id].memoryBytes) <= SAME_SIZE;
  const possible = GPU_IDS.filter((id) => fits(GPUS[id], seen) && (memoryTotal !== null || isNear(id)));
  const sized = possible.some(isSize) ? possible.filter(isSize) : possible;
  const left = sized.some(isNear) ? sized.filter(isNear) : sized;
  return left.length > MOST ? [] : left.sort((a, b) => distance(GPUS[a], seen) - distance(GPUS[b], seen));
}

type Sizes = Pick<(typeof GPUS)[GpuId], 'memoryBytes' | 'boostClock' | 'powerLimit'>;

function fits({ memoryBytes, boostClock }: Sizes, { memoryTotal, memoryUsed, clock }: CardSeen): boolean {
  if (memoryTotal !== null && off(memoryTotal, memoryBytes) > SIZE_TOLERANCE) return false;
  if (memoryUsed !== null && memoryUsed > memoryBytes) return false;
  return clock === null || clock <= boostClock * (1 + OVER_BOOST);
}

function distance({ memoryBytes, boostClock, powerLimit }: Sizes, seen: CardSeen): number {
  return [
    [seen.memoryTotal, memoryBytes],
    [seen.clock, boostClock],
    [seen.powerLimit, powerLimit],
  ].reduce((sum, [value, table]) => (value === null || value === undefined || !table ? sum : sum + off(value, table)), 0);
}

function off(seen: number, table: number): number {
  return Math.abs(seen - table) / table;
}
