const KEY = 'headroom.looked';
/** Leaving for less than this is not a new look: the jobs marked new stay so. */
const SAME_LOOK_S = 15 * 60;

/** When the overview was last looked at before this visit, seconds UTC; null the first time. Notes this visit. */
export function lookedBefore(nowMs: number = Date.now(), store: Pick<Storage, 'getItem' | 'setItem'> = localStorage): number | null {
  try {
    const now = nowMs / 1000;
    const [before, latest] = (store.getItem(KEY) ?? '').split(' ').map((text) => (text === '' ? Number.NaN : Number(text)));
    const known = (value: number | undefined): number | null => (value === undefined || !Number.isFinite(value) ? null : value);
    const [last, earlier] = [known(latest), known(before)];
    const since = last === null ? null : now - last < SAME_LOOK_S ? earlier : last;
    store.setItem(KEY, `${since ?? ''} ${now}`);
    return since;
  } catch {
    return null; // storage is switched off: nothing is marked new
  }
}
