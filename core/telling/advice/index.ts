/** What to try about a verdict, and the verdicts of a run with it. */
export { adviceFor, CATALOGUE } from './advice-for.ts';
export { advised } from './advised.ts';
export type { AdviceContext } from './situation.ts';
