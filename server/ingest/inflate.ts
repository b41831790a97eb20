import { pipeline, Transform, type Readable } from 'node:stream';
import { createGunzip, createInflate } from 'node:zlib';
import { Problem } from '../http/problem.ts';

/** An inflated body may be this long, bytes: a batch is some hundred kB, a bomb is gigabytes. */
export const INFLATED = 32 * 1024 * 1024;

/** The plain bytes of a body by its `content-encoding`; null where it is plain already. Throws a Problem (415) for other encodings. */
export function inflated(body: Readable, encoding: string | undefined, limit: number): Readable | null {
  const name = encoding?.trim().toLowerCase();
  if (name === undefined || name === '' || name === 'identity') return null;
  if (name !== 'gzip' && name !== 'x-gzip' && name !== 'deflate') {
    throw new Problem(415, { error: `cannot read content-encoding “${name.slice(0, 40)}”`, where: 'header content-encoding', remedy: 'send gzip, deflate or plain' });
  }
  const bound = bounded(limit);
  // The callback is pipeline's way to report; whoever reads `bound` gets the same error from it.
  pipeline(body, name === 'deflate' ? createInflate() : createGunzip(), bound, (error) => {
    if (error !== null && error !== undefined && !bound.destroyed) bound.destroy(error);
  });
  return bound;
}

/** Passes bytes on until `limit`, then fails: what a small compressed body would become must not fill the memory. */
function bounded(limit: number): Transform {
  let seen = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      seen += chunk.length;
      if (seen > limit) done(new Problem(413, { error: `the body inflates to more than ${limit / 1024 / 1024} MiB`, where: 'body', remedy: 'send smaller batches, or stream text to /api/ingest/raw' }));
      else done(null, chunk);
    },
  });
}

/** True for the errors by which zlib says that bytes are not what their encoding claims. */
export function isBadCompression(error: unknown): boolean {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' && (error.code.startsWith('Z_') || error.code === 'ERR_BUFFER_TOO_LARGE');
}
