/** The instant that the pointer or the arrow keys stand on, shared by all charts of a page; null when on none. */
export interface Crosshair {
  at: number | null;
}

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
