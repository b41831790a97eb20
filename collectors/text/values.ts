import type { MetricId } from '../../core/readings/index.ts';

/** Values of one entity while they are gathered; handed over as a Reading's `values`. */
export type Values = Partial<Record<MetricId, number>>;

/** Sets a value where there is one: absent stays absent. */
export function put(values: Values, id: MetricId, value: number | null | undefined): void {
  if (value !== null && value !== undefined && Number.isFinite(value)) values[id] = value;
}

/** The sum of what is there; null where nothing is. */
export function sumOf(numbers: readonly (number | null)[]): number | null {
  let sum: number | null = null;
  for (const value of numbers) if (value !== null) sum = (sum === null ? 0 : sum) + value;
  return sum;
}

/** The largest of what is there; null where nothing is. */
export function maxOf(numbers: readonly (number | null)[]): number | null {
  let max: number | null = null;
  for (const value of numbers) if (value !== null && (max === null || value > max)) max = value;
  return max;
}

/** The values that are there: `{ 'engine.running': null }` has none. */
export function present<Key extends string>(values: Readonly<Partial<Record<Key, number | null>>>): Partial<Record<Key, number>> {
  const kept: Partial<Record<Key, number>> = {};
  for (const key in values) {
    const value = values[key];
    if (value !== null && value !== undefined) kept[key] = value;
  }
  return kept;
}

/** False for values of which none is there. */
export function hasAny(values: Readonly<Values>): boolean {
  for (const id in values) if (Object.hasOwn(values, id)) return true;
  return false;
}
