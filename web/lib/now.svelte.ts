import { live } from './live.svelte.ts';

let browserMs = $state(Date.now());

/** The time that the page counts by, one step a second: reactive. */
export const now = {
  get browserMs() {
    return browserMs;
  },
  /** Seconds UTC by the server's clock. */
  get server() {
    return live.serverTime(browserMs);
  },
};

/** Starts the second hand. Returns the undo. */
export function startClock(): () => void {
  const timer = setInterval(() => {
    browserMs = Date.now();
  }, 1000);
  return () => clearInterval(timer);
}
