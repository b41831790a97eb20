import type { App, Pressure } from '../http/index.ts';
import { HealthSchema, type Health } from '../../core/contract/index.ts';
import type { Logger } from 'pino';
import type { Streams } from '../ingest/index.ts';
import type { Store } from '../store/index.ts';

/** The store's figures are asked for at most this often, seconds: anybody may ask for health. */
const FRESH = 5;
/** A store that does not answer within this time, seconds, is in trouble. */
const PATIENCE = 3;

export interface HealthParts {
  readonly store: Pick<Store, 'series' | 'trouble'>;
  readonly streams: Pick<Streams, 'count'>;
  readonly pressure: Pick<Pressure, 'now'>;
  readonly log: Logger;
  readonly version: string;
  readonly demo: boolean;
  /** Seconds UTC. */
  readonly started: number;
  readonly now: () => number;
}

/** `GET /api/health`, open to everybody. */
export function healthRoutes(app: App, service: HealthParts): void {
  let asked = Number.NEGATIVE_INFINITY;
  let stats: Promise<Health['store']> = Promise.resolve(null);
  app.get(
    '/api/health',
    {
      config: { access: 'open', anyName: true },
      schema: { tags: ['service'], summary: 'Is the service well?', response: { 200: HealthSchema, 503: HealthSchema } },
    },
    async (_request, reply) => {
      const now = service.now();
      if (now - asked > FRESH) {
        asked = now;
        stats = answerOf(service);
      }
      const store = await stats;
      const trouble = service.store.trouble() ?? (store === null ? 'the store does not answer' : null);
      const health: Health = {
        status: trouble === null ? 'ok' : 'trouble',
        trouble,
        version: service.version,
        demo: service.demo,
        uptime: Math.round(now - service.started),
        store,
        pressure: service.pressure.now(),
        streams: service.streams.count,
      };
      return reply
        .code(trouble === null ? 200 : 503)
        .header('cache-control', 'no-store')
        .send(health);
    },
  );
}

async function answerOf(service: HealthParts): Promise<Health['store']> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), PATIENCE * 1000);
  });
  const stats = service.store.series.stats().catch((error: unknown) => {
    service.log.warn({ err: error }, 'the store did not give its figures');
    return null;
  });
  const answer = await Promise.race([stats, late]);
  clearTimeout(timer);
  return answer;
}
