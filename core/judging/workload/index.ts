export { readCommand, type CommandWorkload } from './command-line.ts';
export { detectWorkload, type AnalyseOptions } from './detect.ts';
