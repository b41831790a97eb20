export { analyse, judgeRun, openTracker, type Tracker } from './analyse.ts';
