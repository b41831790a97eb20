import { OpenApiSchema } from '../../core/contract/index.ts';
import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import { SECRET_HEADER } from '../auth/index.ts';
import type { App } from '../http/index.ts';

const OPENAPI = '3.1.0';

/** Before any route: collects their schemas into one OpenAPI document. */
export async function collectSchemas(app: App, version: string): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: OPENAPI,
      info: {
        title: 'Headroom',
        version,
        description:
          'What limits each LLM job on a GPU cluster, how far it is from the limit, and what to do about it. Times are seconds since 1970-01-01 UTC; values are in SI base units; null is “not known”.',
      },
      components: {
        securitySchemes: {
          token: { type: 'http', scheme: 'bearer' },
          session: { type: 'apiKey', in: 'header', name: SECRET_HEADER, description: 'The page’s own secret; its cookie goes with it.' },
        },
      },
      security: [{ token: [] }, { session: [] }],
    },
  });
}

/** After every route: the document, and a page to read it that needs nothing from outside. */
export async function docsRoutes(app: App): Promise<void> {
  app.get(
    '/api/openapi.json',
    { config: { access: 'self' }, schema: { tags: ['service'], summary: 'This description, for programs', response: { 200: OpenApiSchema } } },
    async () => {
      const document = app.swagger();
      return { openapi: OPENAPI, ...document, paths: { ...document.paths } };
    },
  );
  await app.register(async (scope) => {
    // The reader's own files are open, as the page's are; the description that it fetches is not.
    scope.addHook('onRoute', (route) => {
      route.config = { ...route.config, access: /\/(?:json|yaml)$/.test(route.url) ? 'self' : 'open' };
    });
    await scope.register(swaggerUi, {
      routePrefix: '/api/docs',
      uiConfig: { docExpansion: 'list', deepLinking: true, requestInterceptor: withSecret },
      staticCSP:
        "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; object-src 'none'; base-uri 'none'; frame-ancestors 'none'",
    });
  });
}

/** Runs in the reader's page, where its text is sent: the secret is where Headroom's own page keeps it (web/lib/secret.ts). */
function withSecret<T extends object>(request: T): T {
  const secret = localStorage.getItem('headroom.session');
  const headers = 'headers' in request && typeof request.headers === 'object' ? request.headers : {};
  return secret === null ? request : Object.assign(request, { headers: { ...headers, 'x-headroom-session': secret } });
}
