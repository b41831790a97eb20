export { type Jobs, keyIn, LATE, openJobs } from './jobs.ts';
