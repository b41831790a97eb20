export { goLive } from './go-live.ts';
export { type Hub, jobRoom, nodeRoom, openHub } from './hub.ts';
