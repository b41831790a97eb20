import { parseTime } from '../text/index.ts';
import { type Plan, planOf } from './query-header.ts';
import { isUuid } from './scope.ts';

/** What could be told of a headerless row, and what could not. */
export interface Guess {
  readonly plan: Plan;
  readonly said: string;
}

/**
 * The columns of a row without header and without a list of fields, as far as their look decides it: the time, the UUID,
 * the bus id, the name, one power in W, and two shares in % side by side (utilization.gpu, utilization.memory: the order of every guide).
 * Memory stays out: `2 MiB, 20146 MiB` may be used and free, used and total, or total and used. Null where nothing is certain.
 */
export function guessPlan(cells: readonly string[]): Guess | null {
  const names = cells.map(nameOf);
  const watts = cells.filter((cell) => / W$/.test(cell)).length;
  const shares = cells.flatMap((cell, index) => (/ %$/.test(cell) ? [index] : []));
  const [first, second] = shares;
  const guessed = names.map((name, index) => {
    if (name === 'power.draw') return watts === 1 ? name : '?';
    if (shares.length === 2 && first !== undefined && second === first + 1) {
      if (index === first) return 'utilization.gpu';
      if (index === second) return 'utilization.memory';
    }
    return name ?? '?';
  });
  const plan = planOf(guessed);
  if (plan === null || plan.metrics.length === 0) return null;
  const said = guessed
    .map((name, index) => `${index + 1}: ${name}`)
    .filter((text) => !text.endsWith('?'))
    .join(', ');
  return { plan, said };
}

/** True for a line that looks like a row of `--query-gpu --format=csv,noheader`: a time or a UUID, and cells with units. */
export function looksHeaderless(cells: readonly string[]): boolean {
  if (cells.length < 3) return false;
  const units = cells.filter((cell) => /^-?[\d.]+ (?:%|MiB|W|MHz)$/.test(cell)).length;
  const anchored = cells.some((cell) => nameOf(cell) === 'timestamp' || isUuid(cell));
  return units >= 2 || (units >= 1 && anchored);
}

function nameOf(cell: string): string | null {
  if (isUuid(cell)) return 'uuid';
  if (/^[0-9a-f]{8}:[0-9a-f]{2}:[0-9a-f]{2}\.[0-9a-f]$/i.test(cell)) return 'pci.bus_id';
  if (/^(?:NVIDIA|Tesla|Quadro|GeForce) /.test(cell)) return 'name';
  if (/ W$/.test(cell)) return 'power.draw';
  if (cell.length >= 16 && parseTime(cell) !== null) return 'timestamp';
  return null;
}
