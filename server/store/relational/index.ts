export { openFacts } from './fact-store.ts';
export { openRelational } from './store.ts';
export { openTokens } from './token-store.ts';
