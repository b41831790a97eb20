export { type Jobs, LATE, openJobs } from './jobs.ts';
