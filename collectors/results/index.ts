export { ollama } from './ollama.ts';
export { reportseff } from './reportseff.ts';
export { sacct } from './sacct.ts';
export { seff } from './seff.ts';
