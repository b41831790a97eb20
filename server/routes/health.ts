import { statfs } from 'node:fs/promises';
import type { App, Pressure } from '../http/index.ts';
import { HealthSchema, ProbeSchema, type Health } from '../../core/contract/index.ts';
import type { Logger } from 'pino';
import type { Streams } from '../ingest/index.ts';
import type { Store } from '../store/index.ts';

/** The store's figures are asked for at most this often, seconds: anybody may ask for health. */
const FRESH = 5;
/** A store that does not answer within this time, seconds, is in trouble. */
const PATIENCE = 3;
/** Open readings are sealed after an hour; that of those which are this old (seconds) something holds up. */
const LATE = 3 * 3600;
/** Of a disk with less than this free, bytes, a warning is given: a day of a large cluster. */
const SCARCE = 2 * 1024 ** 3;

export interface HealthParts {
  readonly store: Pick<Store, 'series' | 'trouble'>;
  readonly streams: Pick<Streams, 'count'>;
  readonly pressure: Pick<Pressure, 'now' | 'lag'>;
  readonly config: { readonly data: string };
  readonly log: Logger;
  readonly version: string;
  readonly demo: boolean;
  /** Seconds UTC. */
  readonly started: number;
  readonly now: () => number;
}

type Figures = Pick<Health, 'store' | 'disk'>;

/** `GET /api/health` in words and figures, `/health/live` and `/health/ready` for whatever only looks at the status; open to everybody. */
export function healthRoutes(app: App, service: HealthParts): void {
  let asked = Number.NEGATIVE_INFINITY;
  let figures: Promise<Figures> = Promise.resolve({ store: null, disk: null });
  const look = async (): Promise<Figures & { trouble: string | null }> => {
    const now = service.now();
    // A clock that was set back must not hold the figures for as long.
    if (now - asked > FRESH || now < asked) {
      asked = now;
      figures = figuresOf(service);
    }
    const found = await figures;
    return { ...found, trouble: service.store.trouble() ?? (found.store === null ? 'the store does not answer' : null) };
  };
  app.get(
    '/api/health',
    {
      config: { access: 'open', anyName: true },
      schema: { tags: ['service'], summary: 'Is the service well?', response: { 200: HealthSchema, 503: HealthSchema } },
    },
    async (_request, reply) => {
      const { trouble, store, disk } = await look();
      const health: Health = {
        status: trouble === null ? 'ok' : 'trouble',
        trouble,
        warnings: warningsOf({ store, disk }),
        version: service.version,
        demo: service.demo,
        uptime: Math.max(0, Math.round(service.now() - service.started)),
        store,
        lag: service.pressure.lag(),
        disk,
        pressure: service.pressure.now(),
        streams: service.streams.count,
      };
      return reply
        .code(trouble === null ? 200 : 503)
        .header('cache-control', 'no-store')
        .send(health);
    },
  );
  app.get(
    '/health/live',
    { config: { access: 'open', anyName: true }, schema: { tags: ['service'], summary: 'Does the service answer at all?', response: { 200: ProbeSchema } } },
    async (_request, reply) => reply.header('cache-control', 'no-store').send({ status: 'ok', trouble: null }),
  );
  app.get(
    '/health/ready',
    {
      config: { access: 'open', anyName: true },
      schema: { tags: ['service'], summary: 'Can readings be stored?', response: { 200: ProbeSchema, 503: ProbeSchema } },
    },
    async (_request, reply) => {
      const { trouble } = await look();
      return reply
        .code(trouble === null ? 200 : 503)
        .header('cache-control', 'no-store')
        .send({ status: trouble === null ? 'ok' : 'trouble', trouble });
    },
  );
}

function warningsOf({ store, disk }: Figures): string[] {
  const warnings: string[] = [];
  if (store !== null && store.heldBack > 0) warnings.push(`readings of ${store.heldBack} of the measured things cannot be sealed: see store.reasons`);
  if (store?.openFor !== null && store !== null && store.openFor > LATE)
    warnings.push(`sealing is behind: some readings wait for ${Math.round(store.openFor / 3600)} hours`);
  if (disk !== null && disk.free < SCARCE) warnings.push(`the disk of the data folder has ${Math.round(disk.free / 1024 ** 2)} MiB free`);
  return warnings;
}

async function figuresOf(service: HealthParts): Promise<Figures> {
  const [store, disk] = await Promise.all([inTime(storeOf(service)), inTime(diskOf(service.config.data))]);
  return { store, disk };
}

async function storeOf(service: HealthParts): Promise<Health['store']> {
  try {
    const { bytes, values, chunks, walRows, open, openSince, heldBackCount, heldBack } = await service.store.series.stats();
    const openFor = openSince === null ? null : Math.max(0, service.now() - openSince);
    return { bytes, values, chunks, walRows, open, openFor, heldBack: heldBackCount, reasons: [...heldBack] };
  } catch (error) {
    service.log.warn({ err: error }, 'the store did not give its figures');
    return null;
  }
}

async function diskOf(folder: string): Promise<Health['disk']> {
  try {
    const { bavail, blocks, bsize } = await statfs(folder);
    return { free: bavail * bsize, total: blocks * bsize };
  } catch {
    // Not every file system says; the store finds out by itself when nothing more can be written.
    return null;
  }
}

async function inTime<T>(answer: Promise<T | null>): Promise<T | null> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), PATIENCE * 1000);
  });
  const first = await Promise.race([answer, late]);
  clearTimeout(timer);
  return first;
}
