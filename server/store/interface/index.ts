export { systemClock } from './clock.ts';
export { isStoreErrorCode, StoreError, type StoreErrorCode } from './errors.ts';
export type {
  Among,
  FactStore,
  HeldToken,
  JobKey,
  JobRecord,
  JobStore,
  JobSummary,
  KnownIds,
  SaidFact,
  SeriesStore,
  SessionStore,
  Store,
  StoreOptions,
  TokenScope,
  TokenStore,
} from './types.ts';
