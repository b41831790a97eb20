export type { Running } from './run.ts';
export { start } from './start.ts';
