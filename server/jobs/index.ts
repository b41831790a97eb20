export { type Jobs, keyIn, openJobs } from './jobs.ts';
