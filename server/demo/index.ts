export { startDemo } from './start.ts';
