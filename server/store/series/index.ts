export { openSeries } from './store.ts';
