import type { Scenario } from './scenario.ts';
import { SERVERS } from './servers.ts';
import { TRAINERS } from './trainers.ts';
import { UNSEEN } from './unseen.ts';
import { WASTE } from './waste.ts';

/** The jobs with full telemetry: 15 on 46 GPUs, one of them without profiling counters. */
export const SCENARIOS: readonly Scenario[] = [...SERVERS, ...TRAINERS, ...WASTE, ...UNSEEN];
export { type EngineLoad, type Frame, type GpuLoad, type HostLoad, IDLE_HOST } from './loads.ts';
export type { Scenario } from './scenario.ts';
