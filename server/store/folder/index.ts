export { lockFolder } from './lock.ts';
export { prepareFolder } from './prepare.ts';
