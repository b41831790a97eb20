import type { FastifyInstance } from 'fastify';
import { constants } from 'node:zlib';
import compress from '@fastify/compress';

/** Bytes: below it headers weigh more than what is saved. */
const WORTH_IT = 1_024;
/** Bytes that are compressed in the event loop, some tenths of a millisecond; longer answers go to zlib's own threads. */
const AT_ONCE = 8_192;
/** What becomes shorter. Series as bytes are left alone: they are short already, and numbers hardly shrink. Streams of lines are not among them: they must go out line by line. */
const TEXT = /^(?:application\/(?:json|javascript|yaml)|text\/(?:html|css|javascript|plain)|image\/svg\+xml)(?:;|$)/;

/** Answers go out as brotli or gzip, whichever the asker takes; for routes that are added afterwards. Request bodies are left alone. */
export async function compressAnswers(app: FastifyInstance): Promise<void> {
  await app.register(compress, {
    encodings: ['br', 'gzip'],
    globalDecompression: false,
    threshold: WORTH_IT,
    syncThreshold: AT_ONCE,
    customTypes: TEXT,
    brotliOptions: { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } },
    zlibOptions: { level: 4 },
  });
}
