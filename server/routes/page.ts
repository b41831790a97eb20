import { existsSync } from 'node:fs';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type App, Problem } from '../http/index.ts';

/** The page runs nothing but its own files; charts set `style` attributes. */
const CSP = [
  "default-src 'self'",
  "script-src 'self'",
  "worker-src 'self' blob:",
  "style-src 'self'",
  "style-src-attr 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "connect-src 'self' ws: wss:",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ');

const NOT_BUILT = `<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Headroom: the page is not built</title>
<body><h1>The page is not built</h1><p>The API answers, but there is no page to show. In the project's folder:</p><pre>npm run build</pre></body></html>
`;

/** The built page: named files for ever, index.html fresh, every other page address is index.html too. Unknown API addresses are JSON 404s. */
export async function pageRoutes(app: App, folder: string): Promise<void> {
  const built = existsSync(join(folder, 'index.html'));
  app.addHook('onSend', async (_request, reply) => {
    reply
      .header('x-content-type-options', 'nosniff')
      .header('referrer-policy', 'same-origin')
      .header('cross-origin-opener-policy', 'same-origin')
      .header('cross-origin-resource-policy', 'same-origin');
    if (!reply.hasHeader('content-security-policy')) reply.header('content-security-policy', CSP);
  });
  if (built) {
    await app.register(fastifyStatic, {
      root: folder,
      // Its own routes would be open to whatever has no route: ours below says what is the page.
      serve: false,
      cacheControl: false,
      // The build lays them beside each file; a folder without them is served plain.
      preCompressed: true,
      setHeaders: (reply, path) => {
        // Vite names files below assets/ after their content.
        reply.setHeader('vary', 'accept-encoding');
        reply.setHeader('cache-control', path.includes('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache');
      },
    });
  }
  const nothing = (request: FastifyRequest): Problem => {
    const path = request.url.split('?', 1)[0] ?? '';
    return new Problem(404, {
      error: `there is nothing at ${request.method} ${path.slice(0, 200)}`,
      where: 'path',
      remedy: 'see /api/docs for the addresses that there are',
    });
  };
  const page = (reply: FastifyReply): FastifyReply => (built ? reply.sendFile('index.html') : reply.code(503).type('text/html; charset=utf-8').send(NOT_BUILT));
  const isFile = (path: string): boolean => /\.(js|css|map|svg|png|ico|woff2?|json|txt|webmanifest)$/i.test(path);

  app.get('/*', { config: { access: 'open' }, schema: { hide: true } }, async (request: FastifyRequest<{ Params: { '*': string } }>, reply) => {
    const path = request.params['*'];
    return built && isFile(path) ? reply.sendFile(path) : page(reply);
  });
  // What no route of the API has is closed, and no page.
  const closed = { method: app.supportedMethods.filter((method) => method !== 'HEAD'), config: { access: 'self' as const }, schema: { hide: true } };
  for (const url of ['/api', '/api/*'])
    app.route({
      ...closed,
      url,
      handler: async (request) => {
        throw nothing(request);
      },
    });
  app.setNotFoundHandler(async (request: FastifyRequest) => {
    throw nothing(request);
  });
}
