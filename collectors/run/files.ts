/** Folders of a run are read this deep: a run's folder with one per node in it. */
const DEPTH = 3;

/** More files than this are a mistake (a home folder), not a run. */
export const MAX_FILES = 2000;
export const TOO_MANY_FILES = `more than ${MAX_FILES} files: give the folder of one run`;

/**
 * True where a file or folder inside what a person named belongs to the run: `names` is the way to it, from the first folder inside
 * on. Hidden ones do not, nor what lies too deep. What a person names himself belongs to it, hidden or not.
 */
export function isPartOfRun(names: readonly string[]): boolean {
  return names.length <= DEPTH && !names.some((name) => name.startsWith('.'));
}

/** The order in which a folder is walked, by names of one level at a time: of two files that say the same, the first one's word counts. */
export function byPath(a: string, b: string): number {
  const [left, right] = [a.split('/'), b.split('/')];
  const at = left.findIndex((name, index) => name !== right[index]);
  const [one, other] = [left[at], right[at]];
  if (one === undefined) return left.length - right.length;
  return other === undefined || one > other ? 1 : -1;
}
