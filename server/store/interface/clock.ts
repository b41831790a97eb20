/** Seconds UTC. */
export function systemClock(): number {
  return Date.now() / 1000;
}
