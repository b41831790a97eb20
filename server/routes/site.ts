import { SiteReplySchema, siteReply } from '../../core/contract/index.ts';
import type { Site } from '../../core/knowledge/index.ts';
import type { App } from '../http/index.ts';

/** `GET /api/site`: the cluster's node types, networks, storage and prices, as configured. */
export function siteRoutes(app: App, site: Site): void {
  const reply = siteReply(site);
  app.get(
    '/api/site',
    {
      config: { access: 'read' },
      schema: { tags: ['cluster'], summary: 'Node types, networks, storage and prices of this site', response: { 200: SiteReplySchema } },
    },
    async () => reply,
  );
}
