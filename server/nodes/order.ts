/** Things in the order of their names. */
export interface ByName<T> {
  /** One whose name is not there yet. */
  add(one: T): void;
  /** Those whose names come after this one, from the first on where it is left out. */
  after(name?: string): Iterable<T>;
}

const { compare } = new Intl.Collator('en', { numeric: true });

/** n2 before n10; of two names that people take for one, always the same first, or a page would lose it. */
function inOrder(a: string, b: string): number {
  return compare(a, b) || (a < b ? -1 : a > b ? 1 : 0);
}

/** So many new ones are put in one by one; more are sorted together. */
const FEW = 1_000;

/** Nothing yet. Put in order when it is asked for: a start adds hundreds of thousands. */
export function byName<T>(nameOf: (one: T) => string): ByName<T> {
  let sorted: T[] = [];
  let fresh: T[] = [];
  /** Where the first stands whose name comes after this one. */
  const place = (name: string): number => {
    let [low, high] = [0, sorted.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      const one = sorted[middle];
      if (one !== undefined && inOrder(nameOf(one), name) <= 0) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  return {
    add: (one) => void fresh.push(one),
    *after(name) {
      if (fresh.length > FEW) sorted = [...sorted, ...fresh].sort((a, b) => inOrder(nameOf(a), nameOf(b)));
      else for (const one of fresh) sorted.splice(place(nameOf(one)), 0, one);
      fresh = [];
      for (let at = name === undefined ? 0 : place(name); at < sorted.length; at += 1) {
        const one = sorted[at];
        if (one !== undefined) yield one;
      }
    },
  };
}
