import { Type } from 'typebox';

/** A whole number from 0 up to the last that is told from its neighbours. */
export function count() {
  return Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });
}

/** Seconds UTC, some thirty thousand years either way: so far milliseconds, sums and differences of instants are exact. */
export function instant() {
  return Type.Number({ minimum: -1e12, maximum: 1e12 });
}

/** An amount from 0 up to a bound that nothing real reaches. */
export function amount(maximum: number) {
  return Type.Number({ minimum: 0, maximum });
}
