export { advised } from './advice/index.ts';
export { besideVerdict } from './beside.ts';
export { findFindings } from './findings/index.ts';
export { littleSeen } from './little-seen.ts';
export { progressOf } from './progress/index.ts';
export { nextRoof, rooflineOf } from './roofline/index.ts';
export { withSlowedPhases } from './slowed-phases.ts';
