import type { Scenario } from './scenario.ts';
import { SERVERS } from './servers.ts';
import { TRAINERS } from './trainers.ts';
import { WASTE } from './waste.ts';

/** The jobs with full telemetry: 14 on 45 GPUs. */
export const SCENARIOS: readonly Scenario[] = [...SERVERS, ...TRAINERS, ...WASTE];
export { type EngineLoad, type Frame, type GpuLoad, type HostLoad, IDLE_HOST } from './loads.ts';
export type { Scenario } from './scenario.ts';
