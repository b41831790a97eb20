export { type FileFound, isWhole } from './look.ts';
export { checkStore, type Repaired, repairStore } from './repair.ts';
