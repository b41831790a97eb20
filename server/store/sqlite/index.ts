export { connectionConfig, oneConnectionAdapter } from './connection.ts';
export { failureCode } from './failures.ts';
export { inserts } from './inserts.ts';
export { migrate } from './migrate.ts';
