export { type Config, ConfigError, type Deadlines, integer, type Limits, type LogLevel, readConfig } from './config.ts';
export { BOUNDS, INTAKE_BOUNDS, type IntakeBounds } from './limits.ts';
export { packageRoot } from './package-root.ts';
export { readSite } from './site.ts';
export { packageVersion } from './version.ts';
