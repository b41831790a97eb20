export { type FileFound, isWhole } from './look.ts';
export { checkStore, repairStore } from './repair.ts';
