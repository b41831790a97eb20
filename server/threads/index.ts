export type { ArgumentOf, Failure, Handlers, ResultOf } from './messages.ts';
export { serve } from './serve.ts';
export { openThread, type Thread } from './thread.ts';
export { sweep } from './sweep.ts';
