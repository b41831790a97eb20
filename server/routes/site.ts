import { SiteReplySchema, siteReply } from '../../core/contract/site.ts';
import type { Service } from '../service.ts';
import type { App } from './app.ts';

/** `GET /api/site`: the cluster's node types, networks, storage and prices, as configured. */
export function siteRoutes(app: App, service: Service): void {
  const reply = siteReply(service.site);
  app.get(
    '/api/site',
    {
      schema: { tags: ['cluster'], summary: 'Node types, networks, storage and prices of this site', response: { 200: SiteReplySchema } },
    },
    async () => reply,
  );
}
