import { AGENT_BOUNDS } from '../bounds/index.ts';
import { request } from 'node:http';
import { request as secureRequest } from 'node:https';
import { deadline } from './deadline.ts';

/** A page longer than this is no metrics page. Bytes. */
const MAX_PAGE = AGENT_BOUNDS.page;

export type Page = { readonly kind: 'page'; readonly text: string } | { readonly kind: 'failed'; readonly reason: string };

/** GET of a metrics page, within `seconds`. Credentials in the address are sent, and stand in no message. */
export function fetchPage(address: string, seconds: number, signal: AbortSignal): Promise<Page> {
  const url = new URL(address);
  const get = url.protocol === 'https:' ? secureRequest : request;
  const auth = url.username === '' ? {} : { auth: `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}` };
  const limit = deadline(seconds, signal);
  return new Promise((resolve) => {
    const end = (page: Page): void => {
      limit.done();
      resolve(page);
    };
    const fail = (reason: string): void => end({ kind: 'failed', reason });
    const asking = get(
      url,
      { signal: limit.signal, ...auth, headers: { accept: 'application/openmetrics-text;version=1.0.0;q=0.9,text/plain;q=0.5' } },
      (response) => {
        if (response.statusCode !== 200) {
          response.resume();
          return fail(`status ${response.statusCode ?? '?'}`);
        }
        const chunks: Buffer[] = [];
        let size = 0;
        response.on('data', (chunk: Buffer) => {
          size += chunk.length;
          if (size > MAX_PAGE) asking.destroy(new Error(`longer than ${MAX_PAGE} bytes`));
          else chunks.push(chunk);
        });
        response.on('end', () => end({ kind: 'page', text: Buffer.concat(chunks).toString('utf8') }));
        response.on('error', (error) => fail(error.message));
        response.on('close', () => fail('the page broke off'));
      },
    );
    asking.on('error', (error) => fail(limit.signal.aborted ? `no answer within ${seconds} s` : error.message));
    asking.end();
  });
}

/** `host:port` of an address: how an exporter is named, without its credentials. */
export function instanceOf(address: string): string {
  return new URL(address).host;
}
