export { llmProcess } from './programs.ts';
export { redact, redactCommand } from './redact.ts';
export { tellCommand } from './tell.ts';
