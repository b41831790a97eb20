/** How a job gets on, and when a growing memory is full. */
export { progressOf } from './progress.ts';
