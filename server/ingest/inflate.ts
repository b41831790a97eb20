import { PassThrough, pipeline, type Readable } from 'node:stream';
import { createGunzip, createInflate } from 'node:zlib';
import { Problem } from '../http/index.ts';

/** The plain bytes of a body, of any length (the reader bounds them), by its `content-encoding`; null where it is plain already. Throws a Problem (415) for other encodings. */
export function inflated(body: Readable, encoding: string | undefined): Readable | null {
  const name = encoding?.trim().toLowerCase();
  if (name === undefined || name === '' || name === 'identity') return null;
  if (name !== 'gzip' && name !== 'x-gzip' && name !== 'deflate') {
    throw new Problem(415, {
      error: `cannot read content-encoding “${name.slice(0, 40)}”`,
      where: 'header content-encoding',
      remedy: 'send gzip, deflate or plain',
    });
  }
  const plain = new PassThrough();
  // The callback is pipeline's way to report; whoever reads `plain` gets the same error from it.
  pipeline(body, name === 'deflate' ? createInflate() : createGunzip(), plain, (error) => {
    if (error !== null && error !== undefined && !plain.destroyed) plain.destroy(error);
  });
  return plain;
}

/** True for the errors by which zlib says that bytes are not what their encoding claims. */
export function isBadCompression(error: unknown): boolean {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' && (error.code.startsWith('Z_') || error.code === 'ERR_BUFFER_TOO_LARGE');
}
