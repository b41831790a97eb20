export { deliveriesByJob, type Delivery } from './by-job.ts';
export { type JobIndex, jobIndex, jobName, runsAt } from './job-index.ts';
export { entitiesOf, ownRows, silenceOf } from './own.ts';
