import { join } from 'node:path';
import type { Logger } from 'pino';
import { buildApp } from './app.ts';
import { ownerSocket } from '../auth/index.ts';
import { type Config, packageRoot } from '../settings/index.ts';
import { startDemo } from '../demo/index.ts';
import { retryWhileBusy } from '../ingest/index.ts';
import { startLocalAgent } from './local-agent.ts';
import { choosePort } from './port.ts';
import { PAGE_TOKEN_LIFE, pageAddress } from '../routes/index.ts';
import { startSchedule } from '../schedule/index.ts';
import { openService, type Service } from './service.ts';
import type { Store } from '../store/index.ts';

export interface StartOptions {
  readonly config: Config;
  /** Null: no demo. */
  readonly demo: { readonly seed: number } | null;
  /** Runs an agent for this very machine. */
  readonly agent: boolean;
}

export interface Running {
  /** Without a path, such as `http://127.0.0.1:8080`. */
  readonly address: string;
  /** What a person opens first: with a one-time token, or, on a demo, plain. */
  readonly url: string;
  readonly service: Service;
  /** Ends streams and sockets, lets requests finish, saves, and closes the store. */
  close(): Promise<void>;
}

const now = () => Date.now() / 1000;
/** Connections that have not ended by themselves after this time, milliseconds, are cut. */
const PATIENCE = 5_000;

interface RunOptions extends StartOptions {
  /** Closed with the service, and where it cannot be run. */
  readonly store: Store;
  readonly log: Logger;
}

/** Runs the service over its open store. Throws an error with a text for a person; nothing is left open then. */
export async function run({ config, demo, agent, store, log }: RunOptions): Promise<Running> {
  const undo: (() => Promise<unknown>)[] = [() => store.close()];
  const unwind = async () => {
    for (const step of undo.splice(0).reverse()) await step();
  };
  try {
    const service = await openService({ config, store, demo: demo !== null, log, now });
    undo.push(() => service.analyses.close());
    undo.push(async () => service.pressure.close());
    const port = await choosePort(config.host, config.port);
    const owner = ownerSocket(config.data);
    let address = '';
    const app = await buildApp({
      service,
      web: join(packageRoot(), 'dist', 'web'),
      cookie: `headroom-${port}`,
      isOwner: owner.isOwner,
      address: () => address,
    });
    undo.push(async () => {
      const impatient = setTimeout(() => app.server.closeAllConnections(), PATIENCE);
      await app.close();
      clearTimeout(impatient);
    });
    const listening = await app.listen({ host: config.host, port });
    await owner.listen((request, response) => app.routing(request, response));
    undo.push(() => owner.close());
    address = config.url ?? reachable(listening);

    const schedule = startSchedule(service);
    undo.push(() => schedule.stop());
    if (demo !== null) {
      undo.push(playDemo(service, demo.seed));
    }
    if (agent) undo.push(await startLocalAgent(service));
    log.info({ address, data: config.data, demo: demo !== null }, 'listening');
    return { address, url: demo === null ? await firstAddress(store, address) : `${address}/`, service, close: unwind };
  } catch (error) {
    await unwind();
    throw error;
  }
}

/** Plays the pretend Alvis. Gives the function that ends it, also while it still tells its past. */
function playDemo(service: Service, seed: number): () => Promise<void> {
  let ended = false;
  const unlessEnded = <T>(act: () => Promise<T>): Promise<T> => (ended ? Promise.reject(new Error('the service is stopping')) : act());
  const playing = startDemo({
    seed,
    now,
    log: service.log,
    ingest: (intake) =>
      unlessEnded(() =>
        retryWhileBusy(
          () => service.ingest.intake(intake, { kind: 'demo', sender: { kind: 'system' }, mark: '' }),
          () => ended,
        ),
      ),
    declare: (key, declaration) => unlessEnded(() => service.jobs.declare({ kind: 'system' }, key, { ...declaration, demo: true })),
  }).catch((error: unknown) => {
    if (!ended) service.log.error({ err: error }, 'the demo could not be played');
    return null;
  });
  return async () => {
    ended = true;
    await (await playing)?.stop();
  };
}

/** `0.0.0.0` and `::` are no addresses to open. */
function reachable(listening: string): string {
  return listening.replace('//0.0.0.0:', '//127.0.0.1:').replace('//[::]:', '//localhost:');
}

async function firstAddress(store: Store, address: string): Promise<string> {
  const token = await store.tokens.issue({ scope: { kind: 'page' }, name: 'start', expires: now() + PAGE_TOKEN_LIFE });
  return pageAddress(address, token);
}
