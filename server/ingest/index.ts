export { inflated, isBadCompression } from './inflate.ts';
export { type Ingest, ingestInto } from './ingest.ts';
export { openParsers, openStreams, type Parsers, rawReader, Refusal, scopeOf, serveStream, type StreamOptions, type Streams } from './raw/index.ts';
export { retryWhileBusy } from './retry.ts';
