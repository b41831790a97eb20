export { type Config, ConfigError, type Deadlines, integer, type Limits, type LogLevel, readConfig } from './config.ts';
export {
  ACCESS_BOUNDS,
  ANALYSIS_BOUNDS,
  BATCH_BOUNDS,
  type Bound,
  type BoundKey,
  BOUNDS,
  CONNECTION_BOUNDS,
  INTAKE_BOUNDS,
  type IntakeBounds,
  JOB_BOUNDS,
  LIVE_BOUNDS,
  MIB,
  OWNERSHIP_BOUNDS,
  READ_BOUNDS,
  STORE_BOUNDS,
  STREAM_BOUNDS,
} from './limits/index.ts';
export { packageRoot } from './package-root.ts';
export { packageVersion } from './version.ts';
