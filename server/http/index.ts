export type { App } from './app.ts';
export { replyWithError } from './error-handler.ts';
export { openLog } from './logging.ts';
export { notThere, Problem } from './problem.ts';
export { compressAnswers } from './compress.ts';
