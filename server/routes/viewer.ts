import type { FastifyRequest } from 'fastify';
import type { Identity, Viewer } from '../auth/index.ts';
import { Problem } from '../http/index.ts';

/** As whom the caller looks; the guard has let somebody in who may, before any handler runs. */
export function viewerOf(request: FastifyRequest): Viewer {
  const viewer = request.identity?.viewer ?? null;
  if (viewer === null) throw new Problem(401, { error: 'who asks is not known', where: 'header authorization', remedy: 'sign in first' });
  return viewer;
}

/** Who asks, and as whom that one sends; as above. */
export function identityOf(request: FastifyRequest): Identity {
  const { identity } = request;
  if (identity === null) throw new Problem(401, { error: 'who asks is not known', where: 'header authorization', remedy: 'sign in first' });
  return identity;
}
