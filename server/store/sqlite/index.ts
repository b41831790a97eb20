export { connectionConfig, oneConnectionAdapter } from './connection.ts';
export { failureCode } from './failures.ts';
export { inserts } from './inserts.ts';
export { migrate } from './migrate.ts';
export { rowsOf } from './rows.ts';
