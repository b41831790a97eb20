export { grouped } from './grouped.ts';
export { type Host, startHost } from './host.ts';
export { serveFile } from './serve.ts';
