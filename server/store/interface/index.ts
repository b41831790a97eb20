export { systemClock } from './clock.ts';
export { isStoreError, StoreError, type StoreErrorCode } from './errors.ts';
export type { FactStore, JobKey, JobRecord, JobStore, JobSummary, SeriesStore, Store, StoreOptions, TokenStore, Viewer } from './types.ts';
