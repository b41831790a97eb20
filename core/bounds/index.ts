export { MOST_ASKED, MOST_OF_JOB } from './contract.ts';
