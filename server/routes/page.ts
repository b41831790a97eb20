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
  app.setNotFoundHandler(async (request: FastifyRequest, reply: FastifyReply) => {
    const path = request.url.split('?', 1)[0] ?? '';
    const wantsPage =
      (request.method === 'GET' || request.method === 'HEAD') &&
      !path.startsWith('/api/') &&
      path !== '/api' &&
      !/\.(js|css|map|svg|png|ico|woff2?|json|txt|webmanifest)$/i.test(path);
    if (!wantsPage)
      throw new Problem(404, {
        error: `there is nothing at ${request.method} ${path.slice(0, 200)}`,
        where: 'path',
        remedy: 'see /api/docs for the addresses that there are',
      });
    return built ? reply.sendFile('index.html') : reply.code(503).type('text/html; charset=utf-8').send(NOT_BUILT);
  });
}
