export { jobLog } from './log.ts';
