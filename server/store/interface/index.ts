export { systemClock } from './clock.ts';
export { isStoreErrorCode, StoreError, type StoreErrorCode } from './errors.ts';
export type { Among, FactStore, JobKey, JobRecord, JobStore, JobSummary, SaidFact, SeriesStore, Store, StoreOptions, TokenStore } from './types.ts';
