export { lockFolder } from './lock.ts';
export { closeFiles } from './modes.ts';
export { prepareFolder } from './prepare.ts';
export { lostWriteAhead } from './write-ahead.ts';
