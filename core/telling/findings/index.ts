/** What an owner or admin should act on. */
export { findFindings } from './find-findings.ts';
export { gpuName } from './finding.ts';
export { findStraggler } from './straggler.ts';
