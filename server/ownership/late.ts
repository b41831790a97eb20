/** How long after its end a job still takes late readings (a spool sent after a network cut), and who held what is remembered: seconds. */
export const LATE = 2 * 86_400;
