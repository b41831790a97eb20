import { unzigzag, zigzag } from './bytes.ts';

/** How integers are made small: as they are (from their least), as differences, or as differences of differences. */
export type Order = 0 | 1 | 2;

/** The unsigned residuals of one order; `base` is the least value for order 0, otherwise 0. */
export function residualsOf(ints: Float64Array, order: Order): { base: number; residuals: Float64Array } {
  const residuals = new Float64Array(ints.length);
  if (order === 0) {
    let base = Number.POSITIVE_INFINITY;
    for (const value of ints) if (value < base) base = value;
    for (let index = 0; index < ints.length; index += 1) residuals[index] = (ints[index] ?? Number.NaN) - base;
    return { base, residuals };
  }
  let last = 0;
  let slope = 0;
  for (let index = 0; index < ints.length; index += 1) {
    const value = ints[index] ?? Number.NaN;
    const difference = value - last;
    residuals[index] = zigzag(order === 1 ? difference : difference - slope);
    last = value;
    slope = difference;
  }
  return { base: 0, residuals };
}

/** The inverse, in place. */
export function restore(residuals: Float64Array, order: Order, base: number): Float64Array {
  switch (order) {
    case 0:
      for (let index = 0; index < residuals.length; index += 1) residuals[index] = base + (residuals[index] ?? Number.NaN);
      return residuals;
    case 1: {
      let last = 0;
      for (let index = 0; index < residuals.length; index += 1) {
        last += unzigzag(residuals[index] ?? Number.NaN);
        residuals[index] = last;
      }
      return residuals;
    }
    case 2: {
      let last = 0;
      let slope = 0;
      for (let index = 0; index < residuals.length; index += 1) {
        slope += unzigzag(residuals[index] ?? Number.NaN);
        last += slope;
        residuals[index] = last;
      }
      return residuals;
    }
  }
}

/** The orders by the bits that their residuals hold, cheapest first: what a coder has to write at least, nearly. */
export function ordersByCost(ints: Float64Array): Order[] {
  let least = Number.POSITIVE_INFINITY;
  for (const value of ints) if (value < least) least = value;
  const costs: [number, number, number] = [0, 0, 0];
  let last = 0;
  let slope = 0;
  for (const value of ints) {
    const difference = value - last;
    costs[0] += bitsOf(value - least);
    costs[1] += bitsOf(zigzag(difference));
    costs[2] += bitsOf(zigzag(difference - slope));
    last = value;
    slope = difference;
  }
  const orders: Order[] = [0, 1, 2];
  return orders.sort((a, b) => costs[a] - costs[b]);
}

/** Bits of an unsigned integer below 2^53: 0 for 0, 1 for 1, 2 for 2 and 3 … */
export function bitsOf(value: number): number {
  return value < 0x80000000 ? 32 - Math.clz32(value) : 63 - Math.clz32(Math.floor(value / 0x80000000));
}
