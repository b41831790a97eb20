import type { RunClock } from '../lib/time.ts';

/** The instant that the pointer or the arrow keys stand on, shared by all charts of a page; null when on none. */
export interface Crosshair {
  at: number | null;
}

/** The time that a chart shows, and what it shares with the charts beside it. */
export interface TimeAxis {
  readonly from: number;
  readonly to: number;
  readonly clock: RunClock;
  readonly crosshair: Crosshair;
  /** A stretch was drawn over: its ends on the chart's clock. */
  readonly onzoom?: ((from: number, to: number) => void) | undefined;
}

/** A crosshair that stands on no instant yet: reactive. */
export function createCrosshair(): Crosshair {
  let at = $state<number | null>(null);
  return {
    get at() {
      return at;
    },
    set at(value) {
      at = value;
    },
  };
}
