export { connectionConfig, oneConnectionAdapter } from './connection.ts';
export { failureCode, ownWords } from './failures.ts';
export { inserts } from './inserts.ts';
export { migrate } from './migrate.ts';
export { type Page, pageOf, reading, rowsIn, rowsOf, sharedTexts, START } from './rows.ts';
