import type { FastifyRequest } from 'fastify';
import type { Viewer } from '../auth/index.ts';
import { Problem } from '../http/index.ts';

/** Who looks; the guard has let somebody in before any handler runs. */
export function viewerOf(request: FastifyRequest): Viewer {
  if (request.identity === null) throw new Problem(401, { error: 'who asks is not known', where: 'header authorization', remedy: 'sign in first' });
  return request.identity.viewer;
}
