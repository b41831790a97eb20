import {
  type App,
  compressAnswers,
  lateChild,
  limitBodies,
  limitConnections,
  limitIntake,
  limitNesting,
  limitPipelines,
  limitReads,
  openReads,
  replyWithError,
  serverOptions,
} from '../http/index.ts';
import { randomUUID } from 'node:crypto';
import cookiePlugin from '@fastify/cookie';
import { TypeBoxValidatorCompiler, type TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import fastify, { LogController, type FastifyBaseLogger } from 'fastify';
import { guard, hostRules, recogniser, signInWith, turnKeyOf } from '../auth/index.ts';
import { goLive } from '../live/index.ts';
import {
  collectSchemas,
  docsRoutes,
  healthRoutes,
  ingestRoutes,
  jobRoutes,
  nodeRoutes,
  overviewRoutes,
  pageRoutes,
  rawRoutes,
  sessionRoutes,
  siteRoutes,
} from '../routes/index.ts';
import { CONNECTION_BOUNDS } from '../settings/index.ts';
import type { Service } from './service.ts';

export interface AppOptions {
  readonly service: Service;
  /** The folder of the built page. */
  readonly web: string;
  /** Cookies of one host are shared by all its ports: services beside each other need names of their own. */
  readonly cookie: string;
  /** True for a connection that came through the socket in the data folder. */
  readonly isOwner: (socket: unknown) => boolean;
  /** The address that people open, without a path; known once the server listens. */
  readonly address: () => string;
}

/** Builds the whole HTTP side over an open service; it does not listen yet. Closing it ends streams and sockets, not the service. */
export async function buildApp({ service, web, cookie, isOwner, address }: AppOptions): Promise<App> {
  const { store, demo, config, log, now, version, answers } = service;
  const logger: FastifyBaseLogger = log;
  const app: App = fastify({
    loggerInstance: logger,
    logController: new LogController({ disableRequestLogging: true }),
    childLoggerFactory: lateChild,
    genReqId: () => randomUUID(),
    // What the router cannot decode reaches no hook and no route.
    frameworkErrors: (error, request, reply) => replyWithError(error, request, reply),
    forceCloseConnections: 'idle',
    ...serverOptions(config.deadlines),
    // Against hanging only: ten seconds, the default, are not enough to start in where other programs take the cores.
    pluginTimeout: 120_000,
    bodyLimit: CONNECTION_BOUNDS.body.value,
    routerOptions: { maxParamLength: CONNECTION_BOUNDS.parameter.value },
  }).withTypeProvider<TypeBoxTypeProvider>();
  app.setValidatorCompiler(TypeBoxValidatorCompiler);
  // Replies are typed against their schemas when they are written; checking each of a series' values again would cost more than reading them.
  app.setSerializerCompiler(() => (data) => JSON.stringify(data));
  app.setErrorHandler(replyWithError);
  limitConnections(app.server, { ...config.limits.connections, log });
  limitPipelines(app);
  limitNesting(app);
  app.addHook('onRequest', async (request, reply) => {
    reply.header('x-request-id', request.id);
  });

  limitBodies(app, config.deadlines);

  const hosts = hostRules(config);
  const who = recogniser({ store, demo, cookie, isOwner, now });
  await app.register(cookiePlugin);
  guard(app, { recogniser: who, hosts, demo, cookie });
  limitIntake(app, service.pressure);
  limitReads(app, {
    reads: openReads({ perCaller: config.limits.reads, mostHeld: config.limits.answers }),
    turnKeyOf: ({ identity, ip }) => turnKeyOf(identity, ip),
  });

  await compressAnswers(app);
  await collectSchemas(app, version);
  healthRoutes(app, service);
  sessionRoutes(app, { tokens: store.tokens, log, demo, version, cluster: config.cluster, now, doors: signInWith({ store, hosts, cookie, now }), address });
  siteRoutes(app, service.site);
  ingestRoutes(app, service.ingest);
  rawRoutes(app, { ...service, recogniser: who });
  jobRoutes(app, service);
  nodeRoutes(app, answers);
  overviewRoutes(app, answers);
  await docsRoutes(app);
  goLive(app, { ...service, recogniser: who, hosts, limits: config.limits.sockets });
  await pageRoutes(app, web);
  // Before the server waits for its connections: a stream that is open for hours would keep it waiting.
  app.addHook('preClose', async () => {
    await service.streams.close();
    await service.parsers.close();
  });
  return app;
}
