export { readCommand } from './command-line.ts';
export { detectWorkload, type AnalyseOptions } from './detect.ts';
