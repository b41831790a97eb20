// Loaded late: the table of models is larger than the page that asks for it, and comes as a chunk of its own.
export { MODELS } from '../../core/knowledge/index.ts';
