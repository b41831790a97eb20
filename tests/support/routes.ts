// Past the door of server/main: the app is built over a running service, and what it registers is written down.
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FastifyInstance, RouteOptions } from 'fastify';
import { buildApp } from '../../server/main/app.ts';
import type { TestService } from './service.ts';

export interface Registered {
  readonly method: string;
  readonly url: string;
  readonly access: string | undefined;
}

/** The whole HTTP side of a service once more, listening, with every route that it has (HEAD too). `web` becomes a small built page. */
export async function buildWithRoutes(
  service: TestService,
  web: string,
): Promise<{ readonly address: string; readonly routes: readonly Registered[]; close(): Promise<void> }> {
  mkdirSync(join(web, 'assets'), { recursive: true });
  writeFileSync(join(web, 'index.html'), '<!doctype html><title>Headroom</title>');
  const seen: RouteOptions[] = [];
  const begun = (message: unknown) => {
    const { fastify } = message as { fastify: FastifyInstance }; // what Fastify publishes of each new app
    fastify.addHook('onRoute', (route) => void seen.push(route));
  };
  subscribe('fastify.initialization', begun);
  const app = await buildApp({ service: service.running.service, web, cookie: 'headroom-0', isOwner: () => false, address: () => 'http://127.0.0.1' });
  unsubscribe('fastify.initialization', begun);
  const address = await app.listen({ host: '127.0.0.1', port: 0 });
  const routes = seen.flatMap(({ method, url, config }) => [method].flat().map((one) => ({ method: one, url, access: config?.access })));
  return { address, routes, close: () => app.close() };
}
