export { startAgent } from './agent.ts';
export { httpDelivery, type HttpDelivery } from './http-send.ts';
export { ownJob } from './slurm.ts';
export type { AgentOptions, Log, Outcome, Parcel, RunningAgent, Send } from './types.ts';
