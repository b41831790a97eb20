export { openParsers, type Parsers } from './parsers.ts';
export { rawReader } from './reader.ts';
export { Refusal } from './refusal.ts';
export { scopeOf } from './scope.ts';
export { serveStream, type StreamOptions } from './serve-stream.ts';
export { openStreams, type Streams } from './streams.ts';
