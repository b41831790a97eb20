export { goLive } from './go-live.ts';
export { type Hub, jobRoom, openHub } from './hub.ts';
export { tellReadings } from './tell-readings.ts';
