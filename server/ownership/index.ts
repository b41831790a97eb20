export { deliveriesByJob, type Delivery } from './by-job.ts';
export { type JobIndex, jobIndex, jobName, runsAt } from './job-index.ts';
export { eventsOf, factsOf, holdingsOf, type OwnershipParts } from './holdings.ts';
export { type Door, type Head, openSenders, type Senders } from './senders.ts';
export { LATE } from './late.ts';
export { silenceOf } from './silence.ts';
export { openSpeaking } from './speaking.ts';
export { bySpan, covers, type Held, rowsInSpans, spansOf } from './spans.ts';
export {
  circlesOf,
  circlesThatSee,
  EVERYTHING,
  maySee,
  maySeeEntity,
  maySeeNode,
  seesEverything,
  visibleOwnersAt,
  visibleSpans,
  visibleTo,
} from './visibility.ts';
export { placesOfThings } from './whereabouts.ts';
