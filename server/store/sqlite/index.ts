export { connectionConfig, oneConnectionAdapter } from './connection.ts';
export { failureCode } from './failures.ts';
export { inserts } from './inserts.ts';
export { migrate } from './migrate.ts';
export { pageOf, reading, rowsIn, START } from './rows.ts';
