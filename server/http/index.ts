export type { App } from './app.ts';
export { replyWithError } from './error-handler.ts';
export { lateChild, openLog } from './logging.ts';
export { notThere, Problem } from './problem.ts';
export { compressAnswers } from './compress.ts';
export { limitBodies, serverOptions } from './deadlines.ts';
export { type Hold, limitIntake, openPressure, ownLoad, type Pressure } from './pressure.ts';
export { limitPipelines } from './pipelines.ts';
export { limitReads, openReads } from './reads.ts';
