export { openSeries } from './store.ts';
export { decodeChunk } from './chunk.ts';
export { rollupColumns } from './read.ts';
export { decodeCommit } from './wal.ts';
