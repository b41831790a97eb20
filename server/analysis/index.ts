export { openAnalyses } from './analyses.ts';
export { rowOf } from './rows.ts';
export type { Analyses, Audience } from './types.ts';
