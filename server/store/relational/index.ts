export { openFacts } from './fact-store.ts';
export { openRelational } from './store.ts';
export { openCredentials } from './credentials.ts';
