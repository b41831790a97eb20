import { live } from './live.svelte.ts';
import { goneSince } from './live-words.ts';

let browserMs = $state(Date.now());

/** The time that the page counts by, one step a second: reactive. */
export const now = {
  get browserMs() {
    return browserMs;
  },
  /** Until when the page’s numbers hold, where the server is gone: when it was last heard, seconds UTC by its clock. Null while it is there. */
  get gone(): number | null {
    const since = goneSince(live.connection, browserMs);
    return since === null ? null : live.serverTime(since);
  },
  /** Seconds UTC by the server's clock; it stands while the server is gone: nothing is known of the time since. */
  get server() {
    return now.gone ?? live.serverTime(browserMs);
  },
};

/** Starts the second hand. Returns the undo. */
export function startClock(): () => void {
  const timer = setInterval(() => {
    browserMs = Date.now();
  }, 1000);
  return () => clearInterval(timer);
}
