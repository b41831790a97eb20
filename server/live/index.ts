export { goLive } from './go-live.ts';
export { type Hub, jobRoom, nodeRoom, openHub, OVERVIEW_ROOM } from './hub.ts';
