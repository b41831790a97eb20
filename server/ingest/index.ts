export { inflated, isBadCompression } from './inflate.ts';
export { type Ingest, ingestInto } from './ingest.ts';
export { openParsers, openStreams, type Parsers, rawReader, Refusal, scopeOf, serveStream, type StreamOptions, type Streams } from './raw/index.ts';
export { openQuota, type Quota } from './quota.ts';
export { retryWhileBusy } from './retry.ts';
